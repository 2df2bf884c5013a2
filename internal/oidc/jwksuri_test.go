package oidc_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"idp/internal/apptest"
	"idp/internal/testdb"
)

// jwksOf is the public key set of keys.
func jwksOf(t testing.TB, keys ...keyPair) []byte {
	t.Helper()
	set := jose.JSONWebKeySet{}
	for _, k := range keys {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: k.private.Public(), KeyID: k.kid, Algorithm: k.alg, Use: "sig"})
	}
	body, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// publishing makes an application's server answer at /jwks with what keys holds,
// a status while that is nil, and with its document elsewhere.
func publishing(d *apptest.Described, document map[string]any, keys *atomic.Pointer[[]byte], fetches *atomic.Int64) {
	d.Answers(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path != "/jwks" {
			_ = json.NewEncoder(w).Encode(document)
			return
		}
		fetches.Add(1)
		if keys.Load() == nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write(*keys.Load())
	})
}

func (k keyPair) post(t testing.TB, p *apptest.Provider, path string, c apptest.Client, form url.Values) apptest.Reply {
	t.Helper()
	return p.Post(path, c, asserted(form, k.jws(t, nil, assertionClaims(p, c))))
}

// A declared application publishes its keys, replaces them, and is down for a
// while (OpenID Connect Core §10.1.1).
func TestPublishedKeys(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, database string) {
		d := apptest.NewDescribed(t, agentCallback, nil)
		var keys atomic.Pointer[[]byte]
		var fetches atomic.Int64
		publishing(d, nil, &keys, &fetches)
		c := apptest.Client{ID: "published", Redirect: "https://published.example.com/callback"}
		p := apptest.New(t, database, apptest.Faulty(), d.Allowed(), apptest.Clients(fmt.Sprintf(`  - id: published
    name: Published
    auth_method: private_key_jwt
    jwks_uri: https://%s/jwks
    redirect_uris: ["https://published.example.com/callback"]
`, d.Host)))
		if fetches.Load() != 0 {
			t.Error("the start asked for keys")
		}
		es, ed := appKeys()["ES256"], appKeys()["EdDSA"]
		form := url.Values{"token": {"x"}}
		refused(t, "before the server is up", es.post(t, p, "/oauth/introspect", c, form), http.StatusServiceUnavailable, "temporarily_unavailable")
		first, second := jwksOf(t, es), jwksOf(t, ed)
		keys.Store(&first)
		p.Clock.Advance(10 * time.Second)

		r := apptest.NewRequest(c)
		object := es.jws(t, requestHeader, objectClaims(p, r))
		code := p.Browser().SignIn(outside(r, object), ada).Code()
		granted(t, "token", es.post(t, p, "/oauth/token", c, r.CodeForm(code)))

		keys.Store(&second)
		p.Clock.Advance(time.Minute)
		if reply := ed.post(t, p, "/oauth/introspect", c, form); reply.Status != http.StatusOK {
			t.Errorf("with a new key: %s", reply)
		}
		refused(t, "the old key", es.post(t, p, "/oauth/introspect", c, form), http.StatusUnauthorized, "invalid_client")
		keys.Store(nil)
		p.Clock.Advance(time.Hour)
		if reply := ed.post(t, p, "/oauth/introspect", c, form); reply.Status != http.StatusOK {
			t.Errorf("while the server is down: %s", reply)
		}
		bad := []byte("{}")
		keys.Store(&bad)
		p.Clock.Advance(10 * time.Second)
		refused(t, "keys that were taken back", ed.post(t, p, "/oauth/introspect", c, form), http.StatusUnauthorized, "invalid_client")
	})
}

// An application that nobody declared proves itself with its keys, by value or
// by address; a stranger's request is signed, too.
func TestDescribedClientWithKeys(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, database string) {
		es := appKeys()["ES256"]
		for _, byValue := range []bool{false, true} {
			d := apptest.NewDescribed(t, agentCallback, nil)
			var keys atomic.Pointer[[]byte]
			var fetches atomic.Int64
			set := jwksOf(t, es)
			keys.Store(&set)
			document := map[string]any{"client_id": d.ID, "client_name": "Agent", "redirect_uris": []string{d.Redirect}, "token_endpoint_auth_method": "private_key_jwt"}
			if document["jwks_uri"] = "https://" + d.Host + "/jwks"; byValue {
				delete(document, "jwks_uri")
				document["jwks"] = json.RawMessage(set)
			}
			publishing(d, document, &keys, &fetches)
			p := apptest.New(t, database, d.Allowed())
			r := apptest.NewRequest(d.Client)
			code := p.Browser().SignIn(outside(r, es.jws(t, requestHeader, objectClaims(p, r))), ada).Code()
			refused(t, "without an assertion", p.Redeem(r, code), http.StatusUnauthorized, "invalid_client")
			granted(t, "with an assertion", es.post(t, p, "/oauth/token", d.Client, r.CodeForm(code)))
			if byValue != (fetches.Load() == 0) {
				t.Errorf("by value %v: %d fetches of keys", byValue, fetches.Load())
			}
		}
	})
}

// Who registers itself may have keys too; where it publishes them is looked at.
func TestRegisteredClientWithKeys(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		es := appKeys()["ES256"]
		with := func(more object) apptest.Reply {
			more["token_endpoint_auth_method"] = "private_key_jwt"
			return call(t, p, "POST", "/oauth/register", initialToken, application(more))
		}
		made := with(object{"jwks": json.RawMessage(jwksOf(t, es))})
		if made.Status != http.StatusCreated || made.Text("client_secret") != "" || made.JSON["jwks"] == nil {
			t.Fatalf("%s", made)
		}
		c := apptest.Client{ID: made.Text("client_id"), Redirect: "https://reg.example.com/callback"}
		r := apptest.NewRequest(c)
		code := p.Browser().SignIn(r, ada).Code()
		granted(t, "with an assertion", es.post(t, p, "/oauth/token", c, r.CodeForm(code)))
		if made := with(object{"jwks_uri": "https://reg.example.com/jwks"}); made.Status != http.StatusCreated || made.Text("jwks_uri") != "https://reg.example.com/jwks" {
			t.Errorf("jwks_uri: %s", made)
		}
		set := json.RawMessage(jwksOf(t, es))
		for what, more := range map[string]object{
			"no keys": {}, "both": {"jwks": set, "jwks_uri": "https://reg.example.com/jwks"}, "another port": {"jwks_uri": "https://reg.example.com:8443/jwks"},
			"http": {"jwks_uri": "http://reg.example.com/jwks"}, "a user": {"jwks_uri": "https://a@reg.example.com/jwks"}, "no address": {"jwks_uri": "x"},
			"a number": {"jwks_uri": 1}, "an empty set": {"jwks": object{"keys": []any{}}}, "no set": {"jwks": []any{}}, "native": {"jwks": set, "application_type": "native"},
			"a private key": {"jwks": object{"keys": []any{object{"kty": "oct", "k": "AAAA"}}}},
		} {
			refused(t, what, with(more), http.StatusBadRequest, "invalid_client_metadata")
		}
	}, registering(20))
}
