package admin

import (
	"context"
	"errors"
	"strings"
	"time"

	"idp/internal/audit"
	"idp/internal/idp"
)

// Events searches the audit log. who, if it is not "", is the user that events are
// about, by id or address; an address that has no user finds its invitations and
// what it asked for.
func (s *Service) Events(ctx context.Context, who string, q audit.Query) ([]audit.Seen, error) {
	if who != "" {
		a, err := s.find(ctx, who)
		switch {
		case err == nil:
			q.Subject, q.AddressRef = a.ID, s.Keys.AddressRef(a.Email)
		case !errors.Is(err, idp.ErrNotFound):
			return nil, err
		case strings.Contains(who, "@"):
			email, err := s.ParseAddress(who)
			if err != nil {
				return nil, err
			}
			q.AddressRef = s.Keys.AddressRef(email)
		default:
			q.Subject = who // of somebody who was deleted
		}
	}
	return s.Store.Events(ctx, q)
}

func loginsSince(since time.Time, most int) audit.Query {
	return audit.Query{Name: string(audit.LoginCompleted), Since: since, Limit: most}
}

// Seal gives the events of this process their places in the chain, if no server
// is there to do it.
func (s *Service) Seal(ctx context.Context) error {
	_, err := s.sealer().Seal(ctx)
	return err
}

// Verify walks along the chain of the audit log; see audit.Verify.
func (s *Service) Verify(ctx context.Context, anchors ...audit.Anchor) (audit.Report, error) {
	return audit.Verify(ctx, sealing{s.Store, s}, s.Keys, anchors...)
}

// sealing gives what waits its place before the ends are read: it may explain what is
// in the chain, such as a deletion.
type sealing struct {
	audit.Reader
	service *Service
}

// AuditEnds implements audit.Reader.
func (s sealing) AuditEnds(ctx context.Context) (first, last audit.End, err error) {
	if err := s.service.Seal(ctx); err != nil && !errors.Is(err, audit.ErrBroken) {
		return first, last, err
	}
	return s.Reader.AuditEnds(ctx)
}

func (s *Service) sealer() *audit.Sealer {
	return &audit.Sealer{Store: s.Store, Keys: s.Keys, Now: s.Now}
}
