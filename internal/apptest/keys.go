package apptest

import (
	"context"
	"sync"
	"testing"
	"time"

	"idp/internal/config"
	"idp/internal/idp"
	"idp/internal/oidc"
	"idp/internal/secret"
	"idp/internal/storage"
)

// RootSecret is the root secret of every provider of this package.
const RootSecret = "root secret of the tests: 32 bytes or more"

// Keyring returns the keyring of every provider of this package.
func Keyring() (*secret.Keyring, error) { return secret.NewKeyring(secret.TokenOf(RootSecret)) }

// signingKeys makes one set of keys for all providers of a test binary: making
// RSA keys takes longer than everything else of a start together.
var signingKeys = sync.OnceValues(func() ([]idp.SigningKey, error) {
	keyring, err := Keyring()
	if err != nil {
		return nil, err
	}
	made, cfg := &keyMemory{}, config.Default()
	err = oidc.NewKeys(made, keyring, cfg.KeyPolicy(), time.Now).Rotate(context.Background())
	return made.keys, err
})

// keyMemory is a oidc.KeyStore that only ever adds.
type keyMemory struct{ keys []idp.SigningKey }

func (m *keyMemory) SigningKeys(context.Context) ([]idp.SigningKey, error) { return m.keys, nil }

func (m *keyMemory) ChangeKeys(_ context.Context, made []idp.SigningKey, _ []idp.KeyAction, _ time.Time) error {
	m.keys = append(m.keys, made...)
	return nil
}

func (m *keyMemory) ResealKey(context.Context, string, string, string) error { return nil }

// seedKeys gives the empty database at url the common keys.
func seedKeys(t testing.TB, url string, now time.Time) {
	t.Helper()
	keys, err := signingKeys()
	if err != nil {
		t.Fatal(err)
	}
	store, err := storage.Open(storage.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	ctx := context.Background()
	if _, err := store.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	stored, err := store.SigningKeys(ctx)
	if err == nil && len(stored) == 0 {
		err = store.ChangeKeys(ctx, keys, nil, now)
	}
	if err != nil {
		t.Fatal(err)
	}
}
