package app

import (
	"context"
	"time"

	"idp/internal/audit"
	"idp/internal/config"
	"idp/internal/oidc"
	"idp/internal/storage"
)

// Resealed says how far a change of the root secret is.
type Resealed struct {
	Keys     int       // sealed keys there are
	Moved    int       // of them, those that were under the old secret until now
	OldUntil time.Time // when the last refresh token ends that the old secret may have made; zero: there is none
}

// Reseal puts every key that the database keeps under the current root secret, so
// that the previous one is needed for refresh tokens alone. Servers do the same at
// their start; here it is done and told.
func Reseal(ctx context.Context, cfg *config.Config, store *storage.Store, now func() time.Time) (r Resealed, err error) {
	ring, err := Keyring(cfg)
	if err != nil {
		return r, err
	}
	before, err := store.SealedTexts(ctx)
	if err != nil {
		return r, err
	}
	for _, sealed := range before {
		if r.Keys++; !ring.Current(sealed) {
			r.Moved++
		}
	}
	if err := oidc.NewKeys(store, ring, cfg.KeyPolicy(), now).Rotate(ctx); err != nil {
		return r, err
	}
	if _, err := oidc.LoadSubjects(ctx, store, ring); err != nil {
		return r, err
	}
	if _, err := audit.LoadKeys(ctx, store, ring); err != nil {
		return r, err
	}
	if r.OldUntil, err = store.LastGrantEnds(ctx, now()); err != nil || r.Moved == 0 {
		return r, err
	}
	return r, store.Record(ctx, audit.Event{At: now(), Name: audit.SecretRotated, Actor: audit.System, Detail: audit.Detail("keys", r.Keys, "moved", r.Moved)})
}
