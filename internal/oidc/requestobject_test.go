package oidc_test

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/idp"
)

// objectClaims are those of a good request object with the request's parameters.
func objectClaims(p *apptest.Provider, r apptest.Request) map[string]any {
	now := p.Clock.Now().Unix()
	claims := map[string]any{"iss": r.Client.ID, "aud": p.URL, "iat": now, "nbf": now, "exp": now + 300, "jti": rand.Text()}
	for name := range r.Params {
		claims[name] = r.Params.Get(name)
	}
	return claims
}

// outside is what stands beside a request object: the least, and other values.
func outside(r apptest.Request, object string) apptest.Request {
	out := r
	out.Params = url.Values{"client_id": {r.Client.ID}, "request": {object}}
	return out
}

var requestHeader = map[string]any{"typ": "oauth-authz-req+jwt"}

// A signed request object is the request, at both endpoints (RFC 9101). What
// stands outside of it does not count.
func TestRequestObject(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for _, alg := range []string{"ES256", "PS256", "EdDSA", "Ed25519"} {
			for _, pushing := range []bool{false, true} {
				r := apptest.NewRequest(signed)
				object := appKeys()[alg].jws(t, requestHeader, changed(objectClaims(p, r), map[string]any{"max_age": 600}))
				sent := outside(r, object).With("state", "outside", "nonce", "outside", "redirect_uri", "https://evil.example", "response_type", "token")
				if pushing {
					sent = mustPush(t, p, sent)
				}
				a := p.Browser().SignIn(sent, ada)
				if a.To != signed.Redirect || a.State() != r.Params.Get("state") {
					t.Fatalf("%s: %s", alg, a)
				}
				tokens := signedPost(t, p, "/oauth/token", signed, r.CodeForm(a.Code()))
				granted(t, alg, tokens)
				if apptest.Claims(t, tokens.ID())["nonce"] != r.Params.Get("nonce") {
					t.Errorf("%s: the nonce is not the signed one", alg)
				}
			}
		}
	}, signedClients())
}

func badObjects(p *apptest.Provider) map[string]map[string]any {
	now := p.Clock.Now().Unix()
	return map[string]map[string]any{
		"no iss": {"iss": nil}, "no aud": {"aud": nil}, "no exp": {"exp": nil}, "no client_id": {"client_id": nil}, "no nbf": {"nbf": nil},
		"another iss": {"iss": "second"}, "another client_id": {"client_id": "second"}, "another aud": {"aud": "https://other.example"},
		"aud without us": {"aud": []string{"https://other.example"}}, "aud is a number": {"aud": 1},
		"expired": {"exp": now - 1}, "expired long ago": {"exp": now - 600}, "exp over an hour": {"exp": now + 3700}, "exp is a text": {"exp": "x"},
		"nbf over an hour ago": {"nbf": now - 3700}, "nbf a minute ahead": {"nbf": now + 61}, "nbf is a list": {"nbf": []int{1}},
		"an assertion": {"sub": "signed"}, "a request inside": {"request": "x"}, "a request_uri inside": {"request_uri": "https://x.example"},
		"a list": {"scope": []string{"openid"}}, "control characters": {"state": "a\nb"}, "a truth": {"prompt": true},
	}
}

func TestBadRequestObjects(t *testing.T) {
	p := one(t, signedClients())
	r := apptest.NewRequest(signed)
	key, rsaKey := appKeys()["ES256"], appKeys()["PS256"]
	objects := map[string]string{}
	for what, change := range badObjects(p) {
		objects[what] = key.jws(t, requestHeader, changed(objectClaims(p, r), change))
	}
	good := objectClaims(p, r)
	objects["RS256"] = rsaKey.jws(t, map[string]any{"alg": "RS256"}, good)
	objects["a stranger's key"] = appKeys()["stranger"].jws(t, requestHeader, good)
	objects["unsigned"] = unsigned(key.jws(t, requestHeader, good))
	objects["a broken signature"] = signedLike(key.jws(t, requestHeader, good), key.jws(t, requestHeader, objectClaims(p, r)))
	objects["a client assertion"] = key.jws(t, nil, assertionClaims(p, signed))
	objects["another type"] = key.jws(t, map[string]any{"typ": "dpop+jwt"}, good)
	objects["garbage"] = "x"
	for what, object := range objects {
		a := p.Browser().Authorize(r.With("request", object)).MustAnswer()
		if a.Fault() != "invalid_request_object" || a.Code() != "" || a.To != signed.Redirect {
			t.Errorf("%s: %s", what, a)
		}
		refused(t, what+", pushed", push(t, p, r.With("request", object)), 400, "invalid_request_object")
		if page := p.Browser().Get(outside(r, object).Path()); page.Status != 400 || page.Heading() != "The application's request cannot be read" || !strings.Contains(page.Body, "invalid_request_object") {
			t.Errorf("%s, with no redirect_uri outside: %s", what, page)
		}
	}
	for what, change := range map[string]map[string]any{
		"several audiences": {"aud": []string{p.URL, "https://other.example"}}, "nbf 8 seconds ahead": {"nbf": p.Clock.Now().Unix() + 8},
		"no iat": {"iat": nil}, "no jti": {"jti": nil}, "a prompt": {"prompt": "login"},
	} {
		object := key.jws(t, requestHeader, changed(objectClaims(p, r), change))
		if page := p.Browser().Authorize(outside(r, object)); !page.HasForm("/login") {
			t.Errorf("%s: %s", what, page)
		}
	}
	for _, typ := range []any{nil, "JWT", "jwt", "OautH-auThZ-REQ+jWt", "application/oauth-authz-req+jwt"} {
		object := key.jws(t, map[string]any{"typ": typ}, objectClaims(p, r))
		if page := p.Browser().Authorize(outside(r, object)); !page.HasForm("/login") {
			t.Errorf("typ %v: %s", typ, page)
		}
	}
	both := r.With("request", key.jws(t, requestHeader, good), "request_uri", requestURIPrefix+"x")
	if a := p.Browser().Authorize(both).MustAnswer(); a.Fault() != "invalid_request" {
		t.Errorf("request and request_uri: %s", a)
	}
	foreign := outside(r.With("client_id", "second"), key.jws(t, requestHeader, good))
	foreign.Params.Set("client_id", "second")
	if page := p.Browser().Get(foreign.Path()); page.Status != 400 {
		t.Errorf("another client's object: %s", page)
	}
}

// A refused object may say how it wants to be refused, and nothing more.
func TestRefusedObjectShapesItsRefusal(t *testing.T) {
	p := one(t, signedClients())
	for client, fault := range map[apptest.Client]string{apptest.Loose: "request_not_supported", signed: "invalid_request_object"} {
		r := apptest.NewRequest(client).With("response_mode", "form_post")
		object := unsigned(appKeys()["ES256"].jws(t, nil, changed(objectClaims(p, r), map[string]any{"redirect_uri": "https://evil.example"})))
		a := p.Browser().Authorize(r.Without("response_mode", "state").With("request", object)).MustAnswer()
		if a.Fault() != fault || !a.Posted || a.State() != r.Params.Get("state") || a.To != client.Redirect {
			t.Errorf("%s: %s, posted is %v", client.ID, a, a.Posted)
		}
	}
}

// The one parameter that may stand there more than once (RFC 8707 §2) is a list inside
// of an object, where a member cannot be repeated.
func TestRequestObjectForSeveralResources(t *testing.T) {
	p := one(t, signedClients())
	change(t, p, signed.ID, func(c *idp.Client) { c.Resources = []string{apptest.API, apptest.Files} })
	key, r := appKeys()["ES256"], apptest.NewRequest(signed)
	b := p.Browser()
	object := func(resource any) string {
		return key.jws(t, requestHeader, changed(objectClaims(p, r), map[string]any{"resource": resource}))
	}
	for what, c := range map[string]struct {
		resource any
		aud      []any
	}{
		"a text": {apptest.API, []any{apptest.API}}, "a list of one": {[]string{apptest.Files}, []any{apptest.Files}},
		"two": {[]string{apptest.API, apptest.Files}, []any{apptest.API, apptest.Files}},
	} {
		tokens := signedPost(t, p, "/oauth/token", signed, r.CodeForm(b.SignIn(outside(r, object(c.resource)), ada).Code()))
		if got := aud(t, tokens); !same(got, c.aud) {
			t.Errorf("%s: %v", what, got)
		}
		if reply := push(t, p, outside(r, object(c.resource))); reply.Status != http.StatusCreated {
			t.Errorf("%s, pushed: %s", what, reply)
		}
	}
	for what, resource := range map[string]any{
		"lists": [][]string{{apptest.API}}, "control characters": []string{apptest.API + "\n"}, "too many": strings.Split(strings.Repeat(apptest.API+" ", 11), " "),
	} {
		if a := b.Authorize(r.With("request", object(resource))).MustAnswer(); a.Fault() != "invalid_request_object" {
			t.Errorf("%s: %s", what, a)
		}
	}
	if a := b.Authorize(r.With("request", object([]string{apptest.API, "https://evil.example.com"}))).MustAnswer(); a.Fault() != "invalid_target" {
		t.Errorf("one of nobody's: %s", a)
	}
}
