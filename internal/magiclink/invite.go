package magiclink

import (
	"context"
	"fmt"
	"time"

	"idp/internal/secret"
)

// Inviter stores invitations.
type Inviter interface {
	// CreateInvitation stores a challenge and the secret of its link, or returns
	// idp.ErrUsed if somebody signed in with its address before.
	CreateInvitation(ctx context.Context, c Challenge, s Secret) error
}

// Invitation is the link that lets somebody in for the first time.
type Invitation struct {
	Link secret.Token
	Ends time.Time
}

// Invite makes an invitation for an address. It is a challenge that no browser
// asked for: it has a link and no code, and like any link that is opened elsewhere
// it takes a press of its button, works once, and makes the user only then. It
// lets nobody in who signed in before: for them it would be a sign-in link of a
// week. The link goes to the address and nowhere else, because whoever opens it is
// taken for its owner. It returns ErrAddress, or idp.ErrUsed for an address that
// signed in before.
func Invite(ctx context.Context, store Inviter, typed, clientID string, ttl time.Duration, now time.Time) (Invitation, error) {
	email, err := ParseAddress(typed)
	if err != nil {
		return Invitation{}, err
	}
	c := Challenge{
		ID: secret.NewID("", now), ClientID: clientID, Email: email, EmailTyped: email, State: Pending,
		NextSendAt: now, CreatedAt: now, ExpiresAt: now.Add(ttl),
	}
	i := Invitation{Link: secret.NewLinkToken(), Ends: c.ExpiresAt}
	s := Secret{ID: secret.NewID("sec_", now), ChallengeID: c.ID, LinkHash: i.Link.Hash(secret.KindLink), MintedAt: now, ExpiresAt: c.ExpiresAt}
	if err := store.CreateInvitation(ctx, c, s); err != nil {
		return Invitation{}, fmt.Errorf("invite: %w", err)
	}
	return i, nil
}

// Invited reports whether the challenge is an invitation: no screen waits for it.
func (c *Challenge) Invited() bool { return c.Number == "" && c.Browser == "" }
