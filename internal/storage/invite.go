package storage

import (
	"context"

	"idp/internal/audit"
	"idp/internal/idp"
	"idp/internal/magiclink"
)

// CreateInvitation stores an invitation: a challenge and the secret of its link.
// It returns idp.ErrUsed if somebody signed in with the address before.
func (s *Store) CreateInvitation(ctx context.Context, c magiclink.Challenge, sec magiclink.Secret) error {
	var users int
	if err := s.row(ctx, `SELECT COUNT(*) FROM users WHERE email = ?`, []any{c.Email}, &users); err != nil {
		return wrap("invite", err)
	}
	if users > 0 {
		return wrap("invite", idp.ErrUsed)
	}
	e := audit.Event{At: c.CreatedAt, Name: audit.UserInvited, Client: c.ClientID, Detail: audit.Detail("challenge", c.ID)}
	return wrap("invite", s.together(ctx, durable, challengeStep(&c), secretStep(sec), eventStep(ctx, e)))
}
