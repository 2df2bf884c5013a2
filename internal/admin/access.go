package admin

import (
	"context"
	"errors"
	"fmt"

	"idp/internal/audit"
	"idp/internal/idp"
)

// Sessions lists a user's live sessions, the last used first.
func (s *Service) Sessions(ctx context.Context, who string) ([]idp.Session, error) {
	a, err := s.find(ctx, who)
	if err != nil {
		return nil, err
	}
	return s.Store.Sessions(ctx, a.ID, s.Now())
}

// EndSession ends one session with all that came of it, and tells the applications
// that want to hear of it.
func (s *Service) EndSession(ctx context.Context, id string) error {
	owner, err := s.Store.SessionOwner(ctx, id, s.Now())
	if err == nil {
		err = s.Store.EndSession(ctx, owner, id, s.Now())
	}
	if errors.Is(err, idp.ErrNotFound) {
		err = fmt.Errorf("there is no live session %q: %w", id, idp.ErrNotFound)
	}
	return s.Refused(ctx, audit.SessionEnded, id, err)
}

// EndSessions ends all sessions of a user and returns how many there were.
func (s *Service) EndSessions(ctx context.Context, who string) (int64, error) {
	a, err := s.find(ctx, who)
	if err != nil {
		return 0, s.Refused(ctx, audit.SessionAllEnded, who, err)
	}
	return s.Store.EndOtherSessions(ctx, a.ID, "", s.Now())
}

// Grants lists the live grants of a user, the newest first.
func (s *Service) Grants(ctx context.Context, who string) ([]idp.Grant, error) {
	a, err := s.find(ctx, who)
	if err != nil {
		return nil, err
	}
	return s.Store.UserGrants(ctx, a.ID, s.Now())
}

// RevokeGrant ends a grant: its access tokens and all of its refresh tokens are
// dead at once.
func (s *Service) RevokeGrant(ctx context.Context, id string) (idp.Grant, error) {
	g, _, err := s.Store.Grant(ctx, id, s.Now())
	switch {
	case errors.Is(err, idp.ErrNotFound), errors.Is(err, idp.ErrRevoked):
		return g, s.Refused(ctx, audit.GrantRevoked, id, fmt.Errorf("there is no live grant %q: %w", id, idp.ErrNotFound))
	case err != nil:
		return g, err
	}
	return g, s.Store.RevokeGrant(ctx, id, "revoked by an administrator", s.Now())
}
