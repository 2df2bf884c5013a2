package oidc_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"idp/internal/apptest"
)

// An assertion by each algorithm works at every endpoint that wants a client,
// once (OpenID Connect Core §9, RFC 7523 §3).
func TestPrivateKeyJWT(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for _, alg := range []string{"ES256", "PS256", "EdDSA", "Ed25519"} {
			r := apptest.Offline(signed)
			code := p.Browser().SignIn(r, ada).Code()
			proof := appKeys()[alg].jws(t, nil, assertionClaims(p, signed))
			tokens := p.Post("/oauth/token", signed, asserted(r.CodeForm(code), proof))
			granted(t, alg, tokens)
			again := p.Post("/oauth/token", signed, asserted(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {tokens.Refresh()}}, proof))
			refused(t, alg+", the same assertion again", again, http.StatusUnauthorized, "invalid_client")
			form := url.Values{"token": {tokens.Access()}}
			if about := signedPost(t, p, "/oauth/introspect", signed, form); about.JSON["active"] != true {
				t.Errorf("%s: introspection: %s", alg, about)
			}
			if reply := signedPost(t, p, "/oauth/revoke", second, form); reply.Status != http.StatusOK {
				t.Errorf("revocation by another client: %s", reply)
			}
			alive(t, "after another client's revocation", p, apptest.Spa, tokens.Access())
			if reply := signedPost(t, p, "/oauth/revoke", signed, form); reply.Status != http.StatusOK {
				t.Errorf("%s: revocation: %s", alg, reply)
			}
			dead(t, alg+", revoked", p, apptest.Spa, tokens.Access())
		}
	}, signedClients())
}

// badAssertions are one change each to a good assertion.
func badAssertions(p *apptest.Provider) map[string]map[string]any {
	now := p.Clock.Now().Unix()
	return map[string]map[string]any{
		"no iss": {"iss": nil}, "no sub": {"sub": nil}, "no aud": {"aud": nil}, "no exp": {"exp": nil}, "no jti": {"jti": nil},
		"another iss": {"iss": "other"}, "another sub": {"sub": "web"}, "empty jti": {"jti": ""},
		"aud is a list":            {"aud": []string{p.URL}},
		"aud is two":               {"aud": []string{p.URL, "https://other.example"}},
		"aud is the endpoint":      {"aud": p.URL + "/oauth/token"},
		"aud is the PAR endpoint":  {"aud": p.URL + "/oauth/par"},
		"aud with a slash":         {"aud": p.URL + "/"},
		"aud of somebody else":     {"aud": "https://other.example"},
		"aud is an object":         {"aud": map[string]any{p.URL: true}},
		"expired 5 minutes ago":    {"exp": now - 300},
		"expired just now":         {"exp": now - 1},
		"lives two hours":          {"exp": now + 7200},
		"lives for ever":           {"exp": 1e300},
		"exp is a text":            {"exp": "soon"},
		"nbf is 61 seconds ahead":  {"nbf": now + 61},
		"iat is two minutes ahead": {"iat": now + 120},
		"nbf is a day ago":         {"nbf": now - 86400},
	}
}

// changed returns claims with some set, or taken out where the value is nil.
func changed(claims, change map[string]any) map[string]any {
	for name, value := range change {
		if claims = with(claims, name, value); value == nil {
			delete(claims, name)
		}
	}
	return claims
}

func TestBadAssertions(t *testing.T) {
	p := one(t, signedClients())
	key := appKeys()["ES256"]
	form := url.Values{"token": {"x"}}
	try := func(assertion string) apptest.Reply {
		return p.Post("/oauth/introspect", signed, asserted(form, assertion))
	}
	for what, change := range badAssertions(p) {
		refused(t, what, try(key.jws(t, nil, changed(assertionClaims(p, signed), change))), http.StatusUnauthorized, "invalid_client")
	}
	good := assertionClaims(p, signed)
	stranger, rsaKey := appKeys()["stranger"], appKeys()["PS256"]
	for what, text := range map[string]string{
		"a stranger's key":       stranger.jws(t, nil, good),
		"a key in the header":    stranger.jws(t, map[string]any{"kid": nil, "jwk": publicJWK(stranger)}, good),
		"RS256":                  rsaKey.jws(t, map[string]any{"alg": "RS256"}, good),
		"another key's kid":      key.jws(t, map[string]any{"kid": "app-ps256"}, good),
		"no algorithm":           unsigned(key.jws(t, nil, good)),
		"a signature of another": signedLike(key.jws(t, nil, good), key.jws(t, nil, assertionClaims(p, signed))),
		"critical header":        key.jws(t, map[string]any{"crit": []string{"x"}, "x": 1}, good),
		"nothing":                "", "garbage": "x", "dots": "..",
	} {
		refused(t, what, try(text), http.StatusUnauthorized, "invalid_client")
	}
	for what, change := range map[string]map[string]any{
		"nbf 8 seconds ahead": {"nbf": p.Clock.Now().Unix() + 8}, "without iat": {"iat": nil}, "iat 10 seconds ahead": {"iat": p.Clock.Now().Unix() + 10},
		"a time with a fraction": {"exp": float64(p.Clock.Now().Unix()) + 30.5},
	} {
		if reply := try(key.jws(t, nil, changed(assertionClaims(p, signed), change))); reply.Status != http.StatusOK {
			t.Errorf("%s: %s", what, reply)
		}
	}
	if reply := try(key.jws(t, map[string]any{"kid": nil}, good)); reply.Status != http.StatusOK {
		t.Errorf("without kid: %s", reply)
	}
}

// One method at a time, and the registered one.
func TestAssertionBesideOtherMethods(t *testing.T) {
	p := one(t, signedClients())
	assertion := func() string { return appKeys()["ES256"].jws(t, nil, assertionClaims(p, signed)) }
	token := url.Values{"token": {"x"}}
	type change = func(url.Values)
	for what, c := range map[string]struct {
		change change
		status int
		fault  string
	}{
		"and a secret":      {func(f url.Values) { f.Set("client_secret", "x") }, 400, "invalid_request"},
		"another client_id": {func(f url.Values) { f.Set("client_id", "second") }, 401, "invalid_client"},
		"no type":           {func(f url.Values) { f.Del("client_assertion_type") }, 401, "invalid_client"},
		"another type":      {func(f url.Values) { f.Set("client_assertion_type", "urn:x") }, 401, "invalid_client"},
		"type alone":        {func(f url.Values) { f.Del("client_assertion") }, 401, "invalid_client"},
		"neither":           {func(f url.Values) { f.Del("client_assertion"); f.Del("client_assertion_type") }, 401, "invalid_client"},
		"a secret instead": {func(f url.Values) {
			f.Del("client_assertion")
			f.Del("client_assertion_type")
			f.Set("client_secret", "x")
		}, 401, "invalid_client"},
		"for a secret client": {func(f url.Values) {
			f.Set("client_assertion", appKeys()["ES256"].jws(t, nil, assertionClaims(p, apptest.Web)))
			f.Set("client_id", "web")
		}, 401, "invalid_client"},
	} {
		form := asserted(token, assertion())
		form.Set("client_id", signed.ID)
		c.change(form)
		refused(t, what, p.Do(p.NewRequest("/oauth/introspect", form)), c.status, c.fault)
	}
	form := asserted(token, assertion())
	req := p.NewRequest("/oauth/introspect", form) // client_id may be left out
	if reply := p.Do(req); reply.Status != http.StatusOK {
		t.Errorf("without client_id: %s", reply)
	}
}

func TestDiscoveryOfAssertions(t *testing.T) {
	p := one(t)
	doc := p.Get(pathOpenID, "").JSON
	for _, endpoint := range []string{"token", "revocation", "introspection"} {
		methods, _ := doc[endpoint+"_endpoint_auth_methods_supported"].([]any)
		algs, _ := doc[endpoint+"_endpoint_auth_signing_alg_values_supported"].([]any)
		if !slices.Contains(methods, any("private_key_jwt")) || !slices.Equal(algs, []any{"PS256", "ES256", "EdDSA", "Ed25519"}) {
			t.Errorf("%s: methods %v, algorithms %v", endpoint, methods, algs)
		}
	}
}
