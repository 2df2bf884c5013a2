package magiclink

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"idp/internal/idp"
)

// ErrCancelled says that the owner of the mailbox ended a sign-in.
var ErrCancelled = errors.New("cancelled from the mail")

const (
	notMeLabel = "not-me"
	// notMeLength keeps the key's id and 64 bits of the MAC: it is tried against a
	// server, and the address should stay on one line of the mail.
	notMeLength = 16
	// notMePause is how long whoever asked waits before the next mail to this
	// address.
	notMePause = time.Hour
)

// NotMeToken is what the mail's "this was not me" link carries. It can end its
// sign-in and nothing else, so it is made again for each mail and not stored.
func (s *Service) NotMeToken(challengeID string) string {
	return challengeID + "." + s.keys.MAC(notMeLabel, challengeID)[:notMeLength]
}

// notMe reads a token of NotMeToken.
func (s *Service) notMe(token string) (challengeID string, ok bool) {
	id, mac, _ := strings.Cut(token, ".")
	return id, s.keys.CheckCutMAC(notMeLabel, mac, notMeLength, id)
}

// OpenNotMe reads what a "this was not me" link is about and changes nothing. It
// returns idp.ErrNotFound for what is none of ours, or is forgotten.
func (s *Service) OpenNotMe(ctx context.Context, token string) (Challenge, error) {
	id, ok := s.notMe(token)
	if !ok {
		return Challenge{}, idp.ErrNotFound
	}
	c, err := s.store.Challenge(ctx, id)
	if err != nil {
		return Challenge{}, fmt.Errorf("open not-me link: %w", err)
	}
	return c, nil
}

// NewestLetter is when the newest letter that can cancel a challenge was written: one
// that was asked for, or the notice of a sign-in that came of it.
func (s *Service) NewestLetter(c *Challenge) time.Time {
	at := c.NextSendAt.Add(-s.settings.resendAfter(c.Sends))
	for _, used := range []time.Time{c.ApprovedAt, c.LinkUsedAt} {
		if used.After(at) {
			at = used
		}
	}
	return at
}

// Disown ends a sign-in that the owner of the mailbox did not ask for: its links
// and codes, the session that it made, if somebody was faster, with what browsers
// are known by until then, and mails to this address for whoever asked, for an hour.
// Twice is as good as once.
func (s *Service) Disown(ctx context.Context, token string) (Challenge, error) {
	c, err := s.OpenNotMe(ctx, token)
	if err != nil {
		return Challenge{}, err
	}
	now := s.now()
	pause := s.counts("send_per_address_ip", s.settings.Limits.SendPerAddressIP, mailboxOf(c.Email), networkOf(c.IP))
	if err := s.store.Disown(ctx, c.ID, pause, now.Add(notMePause), now); err != nil {
		return Challenge{}, fmt.Errorf("disown sign-in: %w", err)
	}
	return c, nil
}
