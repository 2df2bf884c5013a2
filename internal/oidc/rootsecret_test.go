package oidc_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"idp/internal/idp"
	"idp/internal/oidc"
	"idp/internal/secret"
	"idp/internal/storage"
	"idp/internal/testdb"
)

func keyring(t *testing.T, roots ...string) *secret.Keyring {
	t.Helper()
	var tokens []secret.Token
	for _, r := range roots {
		tokens = append(tokens, secret.TokenOf(strings.Repeat(r, secret.MinRootBytes)))
	}
	k, err := secret.NewKeyring(tokens[0], tokens[1:]...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// The root secret changes in three steps, and no step stops a replica that has
// not taken it yet: all accept the new one, all use it, all forget the old one.
// The signing keys are the same ones throughout.
func TestRootSecretChanges(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		ctx := context.Background()
		policy := idp.KeyPolicy{RotateEvery: 90 * 24 * time.Hour, PublishAhead: 7 * 24 * time.Hour, KeepRetired: 48 * time.Hour}
		keys := func(roots ...string) *oidc.Keys {
			return oidc.NewKeys(s, keyring(t, roots...), policy, func() time.Time { return time.UnixMilli(1_800_000_000_000) })
		}
		kids := func() (out []string) {
			stored, err := s.SigningKeys(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range stored {
				out = append(out, k.ID)
			}
			return out
		}
		rotate := func(step string, k *oidc.Keys) {
			t.Helper()
			if err := k.Rotate(ctx); err != nil {
				t.Fatalf("%s: %v", step, err)
			}
		}
		old := keys("a")
		rotate("before", old)
		before := kids()
		accepting := keys("a", "b")
		rotate("accepting both", accepting)
		rotate("a replica without the change", old)

		var wg sync.WaitGroup
		for range 3 { // replicas that start together
			wg.Go(func() {
				if err := keys("b", "a").Rotate(ctx); err != nil {
					t.Errorf("using the new one: %v", err)
				}
			})
		}
		wg.Wait()
		rotate("a replica that accepts both", accepting)
		rotate("a replica that uses the new one", keys("b", "a"))
		if got := kids(); strings.Join(got, " ") != strings.Join(before, " ") {
			t.Fatalf("the keys are %v, were %v", got, before)
		}
		// accepting uses "a" and has sealed them back; the last replica that uses
		// "b" decides, as it does when all do.
		rotate("the old one is forgotten", keys("b"))
		if err := keys("a").Rotate(ctx); err == nil || !strings.Contains(err.Error(), "previous_secret") {
			t.Fatalf("the old secret alone: %v", err)
		}
	})
}
