package admin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"idp/internal/audit"
	"idp/internal/idp"
	"idp/internal/magiclink"
)

// Service carries the verbs out.
type Service struct {
	Store Store
	Keys  *audit.Keys
	Now   func() time.Time
	// ParseAddress makes an address canonical, or returns magiclink.ErrAddress.
	ParseAddress func(typed string) (string, error)
	// MayInvite says why the configuration lets nobody be invited to a client, or in a
	// language; "" is none in particular.
	MayInvite func(clientID, locale string) error
}

// Store is the database.
type Store interface {
	People
	Access
	audit.ChainStore
	audit.Reader
	magiclink.Inviter
	Events(ctx context.Context, q audit.Query) ([]audit.Seen, error)
	ClientRecords(ctx context.Context) ([]idp.ClientRecord, error)
	RemoveClient(ctx context.Context, id string, now time.Time) error
}

// People is the part of Store about users.
type People interface {
	Account(ctx context.Context, idOrEmail string) (idp.Account, error)
	Accounts(ctx context.Context, q idp.AccountQuery) ([]idp.Account, error)
	DisableUser(ctx context.Context, userID string, now time.Time) error
	EnableUser(ctx context.Context, userID string, now time.Time) error
	DeleteUser(ctx context.Context, userID, addressRef string, now time.Time) error
	SetUserGroups(ctx context.Context, userID string, old, groups []string, now time.Time) error
	Held(ctx context.Context, userID string, now time.Time) (map[string][]map[string]any, error)
}

// Access is the part of Store about sessions and grants.
type Access interface {
	Sessions(ctx context.Context, userID string, now time.Time) ([]idp.Session, error)
	SessionOwner(ctx context.Context, sessionID string, now time.Time) (string, error)
	EndSession(ctx context.Context, userID, sessionID string, now time.Time) error
	EndOtherSessions(ctx context.Context, userID, keepID string, now time.Time) (int64, error)
	UserGrants(ctx context.Context, userID string, now time.Time) ([]idp.Grant, error)
	Grant(ctx context.Context, id string, now time.Time) (idp.Grant, idp.User, error)
	RevokeGrant(ctx context.Context, id, reason string, now time.Time) error
}

// As returns a context in which who acts: "ada@host" for a command, the user's id
// for a console.
func As(ctx context.Context, who string) context.Context {
	from := audit.From(ctx)
	from.Actor = audit.AdminPrefix + who
	return audit.With(ctx, from)
}

// find returns the user that who names, by id or address.
func (s *Service) find(ctx context.Context, who string) (idp.Account, error) {
	name := who
	if strings.Contains(who, "@") {
		email, err := s.ParseAddress(who)
		if err != nil {
			return idp.Account{}, fmt.Errorf("%q: %w", who, err)
		}
		name = email
	}
	a, err := s.Store.Account(ctx, name)
	if errors.Is(err, idp.ErrNotFound) {
		return a, fmt.Errorf("there is no user %q: %w", who, idp.ErrNotFound)
	}
	return a, err
}

// Invite makes an invitation, if it may be; see magiclink.Invite. The address is
// canonical. It returns ErrLife and ErrInvitation too.
func (s *Service) Invite(ctx context.Context, who Invitee) (magiclink.Invitation, error) {
	if who.TTL < time.Minute || who.TTL > 30*24*time.Hour {
		return magiclink.Invitation{}, ErrLife
	}
	if err := s.MayInvite(who.ClientID, who.Locale); err != nil {
		return magiclink.Invitation{}, s.Refused(ctx, audit.UserInvited, "", fmt.Errorf("%w: %w", err, ErrInvitation))
	}
	from := audit.From(ctx)
	from.AddressRef = s.Keys.AddressRef(who.Email)
	ctx = audit.With(ctx, from)
	i, err := magiclink.Invite(ctx, s.Store, who.Email, who.ClientID, who.TTL, s.Now())
	return i, s.Refused(ctx, audit.UserInvited, "", err)
}

// Clients lists every client that is stored, in use or not.
func (s *Service) Clients(ctx context.Context) ([]idp.ClientRecord, error) {
	return s.Store.ClientRecords(ctx)
}

// Client returns one of them.
func (s *Service) Client(ctx context.Context, id string) (idp.ClientRecord, error) {
	all, err := s.Store.ClientRecords(ctx)
	if err != nil {
		return idp.ClientRecord{}, err
	}
	for _, c := range all {
		if c.ID == id {
			return c, nil
		}
	}
	return idp.ClientRecord{}, fmt.Errorf("there is no client %q: %w", id, idp.ErrNotFound)
}

// RemoveClient takes an application away that registered itself, with all tokens that
// it holds. One of the configuration is taken out of that: ErrDeclared.
func (s *Service) RemoveClient(ctx context.Context, id string) error {
	c, err := s.Client(ctx, id)
	if err == nil && c.Source == idp.SourceConfig {
		err = fmt.Errorf("%q is not removed: %w", id, ErrDeclared)
	}
	if err == nil {
		err = s.Store.RemoveClient(ctx, id, s.Now())
	}
	return s.Refused(ctx, audit.ClientDisabled, id, err)
}
