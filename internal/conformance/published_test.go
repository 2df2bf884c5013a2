package conformance_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"idp/internal/apptest"
	"idp/internal/config"
)

// published is where a client has its public keys (jwks_uri), with TLS.
type published struct {
	server *httptest.Server
	mutex  sync.Mutex
	keys   []jose.JSONWebKey
	reads  int
}

func newPublished(t *testing.T) *published {
	t.Helper()
	p := &published{}
	p.server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		p.mutex.Lock()
		defer p.mutex.Unlock()
		p.reads++
		w.Header().Set("Content-Type", "application/jwk-set+json")
		if err := json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: p.keys}); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(p.server.Close)
	return p
}

// publish puts keys there in place of others, and returns how often those were read.
func (p *published) publish(keys ...jose.JSONWebKey) int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	reads := p.reads
	p.keys, p.reads = nil, 0
	for _, k := range keys {
		p.keys = append(p.keys, k.Public())
	}
	return reads
}

// option has the provider trust the server and read the client's keys there.
func (p *published) option(t *testing.T) apptest.Option {
	t.Helper()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.server.Certificate().Raw})
	if err := os.WriteFile(ca, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return apptest.Configure(func(c *config.Config) {
		c.HTTP.TrustedCAs = []string{ca}
		for i := range c.Declared {
			if c.Declared[i].ID == fapi1.id {
				c.Declared[i].Keys, c.Declared[i].JWKSURI = nil, p.server.URL+"/test/a/idp/client1_jwks"
			}
		}
	})
}

// newKey is a key for fapi1's algorithm with an id of its own.
func newKey(t *testing.T, id string) jose.JSONWebKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return jose.JSONWebKey{Key: key, KeyID: id, Algorithm: fapi1.alg, Use: "sig"}
}

// rotateClientKeys is the suite's sequence, and what it does not look at: keys that
// are gone are refused, and a set that serves is not fetched for every assertion.
func rotateClientKeys(r *rp) {
	old, next := newKey(r.t, "old"), newKey(r.t, "next")
	r.published.publish(old)
	a := newAttempt(r, fapi1)
	a.signsWith = &old
	a.request.Set("scope", "openid offline_access")
	got := a.finish(a.codeOf())
	if reads := r.published.publish(next); reads != 1 {
		r.t.Errorf("for two assertions, the keys were read %d times", reads)
	}
	r.provider.Clock.Advance(61 * time.Second)
	refresh := func(key jose.JSONWebKey) reply {
		a.signsWith = &key
		form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {got.refresh}}
		return a.tokenReply(form, a.assertion(fapi1, nil), a.atToken())
	}
	later := r.checkTokens(fapi1, refresh(next))
	r.checkIDToken(&later, "")
	r.again(got, later)
	a.checkUserinfo(later, a.resource(later, "DPoP", nil))
	got = later
	a.rejected(refresh(old), "invalid_client")
	a.rejected(refresh(newKey(r.t, "next")), "invalid_client") // another key by a published kid
	if reads := r.published.publish(next); reads != 1 {
		r.t.Errorf("after the rotation, the keys were read %d times", reads)
	}
}
