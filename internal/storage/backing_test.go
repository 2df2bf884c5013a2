package storage_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"idp/internal/idp"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// What an access token stands on is asked of the database at each use; each of
// its three legs must be able to fall.
func TestBackingFallsWithEachOfItsLegs(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		ctx := context.Background()
		m := newMailbox(t, s)
		stands := func(g idp.Grant, offline, want bool) {
			t.Helper()
			b, err := s.Backing(ctx, g.ID, offline, m.now)
			if want != (err == nil) || !want && !errors.Is(err, idp.ErrNotFound) || want && (b.ClientID != g.ClientID || b.User.ID != g.UserID || b.User.Email == "") {
				t.Errorf("grant %v, offline %v: %+v, %v", g.Scopes, offline, b, err)
			}
		}
		redeemed := func(email string, scopes ...string) idp.Grant {
			t.Helper()
			g := m.grantOf(email)
			g.Scopes = scopes
			g, _, err := s.RedeemCode(ctx, g, m.now)
			if err != nil {
				t.Fatal(err)
			}
			return g
		}
		online, offline := redeemed("ada@example.com", "openid"), redeemed("ada@example.com", "openid", "offline_access")
		alike := redeemed("ada@example.com", "openid", "offline-access") // a scope of somebody's own
		stands(online, false, true)
		stands(offline, false, true)
		stands(offline, true, true)
		for _, g := range []idp.Grant{online, offline, alike} {
			if _, err := s.SignOut(ctx, g.SessionID, m.now); err != nil {
				t.Fatal(err)
			}
		}
		stands(online, false, false)
		stands(alike, false, false)
		stands(offline, false, true) // a token without the scope, of a grant that outlives its session
		stands(offline, true, true)
		stands(idp.Grant{ID: ""}, true, false)
		stands(idp.Grant{ID: "unknown"}, true, false)

		if err := s.RevokeGrant(ctx, offline.ID, "test", m.now); err != nil {
			t.Fatal(err)
		}
		stands(offline, true, false)
		third := redeemed("bob@example.com", "openid")
		stands(third, true, true)
		m.now = m.now.Add(100 * 24 * time.Hour)
		stands(third, false, false) // its session has expired
		if err := s.DisableUser(ctx, third.UserID, m.now); err != nil {
			t.Fatal(err)
		}
		stands(third, true, false)
	})
}
