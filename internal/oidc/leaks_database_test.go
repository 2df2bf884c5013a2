package oidc_test

import (
	"context"
	"encoding/base64"
	"os"
	"strings"
	"testing"

	"idp/internal/apptest"
)

// Whoever steals a backup must not be able to sign in as anybody, to continue a
// session, to redeem or refresh, to pose as an application, or to sign tokens.
func TestNoSecretsInTheDatabase(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		s := busyDay(t, p)
		for _, way := range []string{"code", "link"} {
			// It is kept with its sign-in, sealed, and opens for one browser only.
			delete(s, way+": sealed request")
		}
		for id, der := range privateKeys(t, p) {
			// The middle of it: the ends are the same for all keys of a kind.
			s["private key "+id] = string(der[len(der)/3 : len(der)*2/3])
			s["private key in base64 "+id] = base64.StdEncoding.EncodeToString(der)
		}
		dump := p.Dump()
		for _, known := range []string{ada, "web", "usr_", "grt_", "ses_", "accepted", "PS256"} {
			if !strings.Contains(dump, known) {
				t.Fatalf("the dump lacks %s, so it says nothing:\n%.2000s", known, dump)
			}
		}
		for _, mark := range []string{"PRIVATE KEY", "BEGIN ", `"d":`} {
			if strings.Contains(dump, mark) {
				t.Errorf("the dump has %q", mark)
			}
		}
		s.findIn(t, "the database", dump)
		if path, isFile := strings.CutPrefix(p.Database, "sqlite:"); isFile {
			for _, name := range []string{path, path + "-wal"} { // deleted rows linger here
				raw, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				s.findIn(t, "the file "+name, string(raw))
			}
		}
	})
}

// privateKeys opens the signing keys as the provider does, as PKCS #8 by kid.
func privateKeys(t *testing.T, p *apptest.Provider) map[string][]byte {
	t.Helper()
	keyring, err := apptest.Keyring()
	if err != nil {
		t.Fatal(err)
	}
	stored, err := p.App.Store.SigningKeys(context.Background())
	if err != nil || len(stored) < 4 {
		t.Fatalf("%d keys, %v", len(stored), err)
	}
	keys := map[string][]byte{}
	for _, k := range stored {
		if keys[k.ID], err = keyring.Open("signing-key", k.Private, []byte(k.ID)); err != nil {
			t.Fatal(err)
		}
	}
	return keys
}
