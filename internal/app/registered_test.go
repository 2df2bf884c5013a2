package app_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"idp/internal/app"
	"idp/internal/clients"
	"idp/internal/idp"
	"idp/internal/secret"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// The configuration leaves clients alone that registered themselves, and every
// replica knows them at once.
func TestRegisteredClientsStay(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		ctx, now := context.Background(), time.Now()
		sync := func(ids ...string) {
			t.Helper()
			var declared []idp.Client
			for _, id := range ids {
				declared = append(declared, idp.Client{ID: id, Name: id})
			}
			if err := app.SyncClients(ctx, s, declared, now, slog.New(slog.DiscardHandler)); err != nil {
				t.Fatal(err)
			}
		}
		sync("a", "b")
		replica := clients.NewRegistry(s)
		if err := replica.Reload(ctx); err != nil {
			t.Fatal(err)
		}
		id := idp.RegisteredPrefix + "x"
		if err := s.RegisterClient(ctx, idp.Client{ID: id, Name: "old"}, "hash", 5, now); err != nil {
			t.Fatal(err)
		}
		if c, err := replica.Find(ctx, id); err != nil || c.Name != "old" {
			t.Errorf("another replica: %v, %v", c, err)
		}
		sync("a")
		// A change in the same millisecond is seen too.
		if err := s.ChangeRegisteredClient(ctx, idp.Client{ID: id, Name: "new"}, "hash", now); err != nil {
			t.Fatal(err)
		}
		if err := replica.Reload(ctx); err != nil {
			t.Fatal(err)
		}
		if c := replica.Client(id); c == nil || c.Name != "new" || replica.Client("b") != nil || replica.Client("a") == nil {
			t.Errorf("after the configuration changed: %v", c)
		}
		for _, token := range []secret.Hash{"", "other"} {
			if err := s.RemoveRegisteredClient(ctx, id, token, now); !errors.Is(err, idp.ErrNotFound) {
				t.Errorf("token %q removes: %v", token, err)
			}
		}
		if err := s.RemoveRegisteredClient(ctx, "a", "", now); !errors.Is(err, idp.ErrNotFound) {
			t.Errorf("a declared client is removed: %v", err)
		}
	})
}
