package admin

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"idp/internal/audit"
	"idp/internal/idp"
	"idp/internal/pattern"
)

// User returns a user by id or address.
func (s *Service) User(ctx context.Context, who string) (idp.Account, error) {
	return s.find(ctx, who)
}

// Users lists users in the order of their addresses.
func (s *Service) Users(ctx context.Context, q idp.AccountQuery) ([]idp.Account, error) {
	return s.Store.Accounts(ctx, q)
}

// ErrAlready says that things are as they were asked to be.
var ErrAlready = errors.New("nothing to do")

// Disable keeps a user out: sessions and grants end, applications that want to
// hear of it are told, and the address gets no mail. It returns ErrAlready for a
// user who is disabled.
func (s *Service) Disable(ctx context.Context, who string) (idp.Account, error) {
	return s.change(ctx, audit.UserDisabled, who, "is disabled already", s.Store.DisableUser)
}

// Enable lets a disabled user sign in again. What ended stays ended. It returns
// ErrAlready for a user who is enabled.
func (s *Service) Enable(ctx context.Context, who string) (idp.Account, error) {
	return s.change(ctx, audit.UserEnabled, who, "is not disabled", s.Store.EnableUser)
}

func (s *Service) change(ctx context.Context, what audit.Name, who, already string, do func(context.Context, string, time.Time) error) (idp.Account, error) {
	a, err := s.find(ctx, who)
	if err != nil {
		return a, s.Refused(ctx, what, who, err)
	}
	if err := do(ctx, a.ID, s.Now()); errors.Is(err, idp.ErrNotFound) {
		return a, fmt.Errorf("%s %s: %w", a.Email, already, ErrAlready)
	} else if err != nil {
		return a, err
	}
	return s.Store.Account(ctx, a.ID)
}

// Delete takes a user and everything that is held on them; applications that want
// to hear of it are told that their sessions ended. The address may come again, as
// another user: whoever must not is disabled, not deleted.
func (s *Service) Delete(ctx context.Context, who string) (idp.Account, error) {
	a, err := s.find(ctx, who)
	if err != nil {
		return a, s.Refused(ctx, audit.UserDeleted, who, err)
	}
	err = s.Store.DeleteUser(ctx, a.ID, s.Keys.AddressRef(a.Email), s.Now())
	return a, s.Refused(ctx, audit.UserDeleted, a.ID, err)
}

// Export is everything that is held on a user, by table. Times are RFC 3339, UTC.
func (s *Service) Export(ctx context.Context, who string) (map[string][]map[string]any, error) {
	a, err := s.find(ctx, who)
	if err != nil {
		return nil, s.Refused(ctx, audit.UserExported, who, err)
	}
	held, err := s.Store.Held(ctx, a.ID, s.Now())
	for _, rows := range held {
		for _, row := range rows {
			for column, v := range row {
				if ms, ok := v.(int64); ok && isTime.MatchString(column) {
					row[column] = stamp(ms)
				}
			}
		}
	}
	return held, err
}

var isTime = regexp.MustCompile(`(^|_)at$|^auth_time$`)

// stamp is nil for what never was.
func stamp(ms int64) any {
	if ms == 0 {
		return nil
	}
	return time.UnixMilli(ms).UTC().Format(time.RFC3339)
}

// GroupChange is what becomes of a user's groups: Set, if it is not nil, replaces
// them; then Add and Remove.
type GroupChange struct{ Set, Add, Remove []string }

var groupShape = pattern.Lazy(`^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$`)

// ErrGroup says that a name is not one of a group.
var ErrGroup = errors.New("a group is named with 1 to 100 letters, digits and . _ : / -")

const maxGroups = 200

// ErrGroups says that somebody would be in too many.
var ErrGroups = errors.New("too many groups")

// ChangeGroups changes the groups that a user is in beside those of the
// configuration. Applications see it at the next sign-in, refresh or userinfo.
func (s *Service) ChangeGroups(ctx context.Context, who string, c GroupChange) (idp.Account, error) {
	a, err := s.changeGroups(ctx, who, c)
	if a.ID != "" {
		who = a.ID
	}
	return a, s.Refused(ctx, audit.UserGroupsChanged, who, err)
}

func (s *Service) changeGroups(ctx context.Context, who string, c GroupChange) (idp.Account, error) {
	for _, name := range slices.Concat(c.Set, c.Add, c.Remove) {
		if !groupShape().MatchString(name) {
			return idp.Account{}, fmt.Errorf("%q: %w", name, ErrGroup)
		}
	}
	for range 5 {
		a, err := s.find(ctx, who)
		if err != nil {
			return a, err
		}
		groups := c.of(a.Groups)
		if len(groups) > maxGroups {
			return a, fmt.Errorf("a user can be in %d groups: %w", maxGroups, ErrGroups)
		}
		if slices.Equal(groups, a.Groups) {
			return a, fmt.Errorf("the groups of %s are so already: %w", a.Email, ErrAlready)
		}
		err = s.Store.SetUserGroups(ctx, a.ID, a.Groups, groups, s.Now())
		if errors.Is(err, idp.ErrConflict) {
			continue // somebody else changed them meanwhile
		}
		a.Groups = groups
		return a, err
	}
	return idp.Account{}, fmt.Errorf("change groups of %s: %w", who, idp.ErrConflict)
}

func (c GroupChange) of(groups []string) []string {
	out := slices.Clone(groups)
	if c.Set != nil {
		out = slices.Clone(c.Set)
	}
	out = slices.DeleteFunc(append(out, c.Add...), func(g string) bool { return slices.Contains(c.Remove, g) })
	slices.Sort(out)
	return slices.Compact(out)
}
