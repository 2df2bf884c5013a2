package oidc_test

import (
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"idp/internal/apptest"
)

func same(a, b any) bool { return reflect.DeepEqual(a, b) }

func TestIDTokenClaims(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		start := p.Clock.Now().Unix()
		r := apptest.NewRequest(apptest.Web)
		tokens := p.Browser().Tokens(r, ada)
		claims, info := apptest.Claims(t, tokens.ID()), p.Get("/userinfo", tokens.Access()).JSON
		for name, want := range map[string]any{
			"iss": p.URL, "aud": []any{"web"}, "azp": "web", "nonce": r.Params.Get("nonce"), "acr": "urn:idp:acr:email",
			"amr": []any{"otp", "email_code"}, "email": ada, "email_verified": true, "name": "ada", "sub": info["sub"], "updated_at": info["updated_at"],
		} {
			if !same(claims[name], want) {
				t.Errorf("%s is %#v, want %#v", name, claims[name], want)
			}
		}
		for _, name := range []string{"sub", "sid", "at_hash"} {
			if s, _ := claims[name].(string); s == "" || len(s) > 255 {
				t.Errorf("%s is %#v", name, claims[name])
			}
		}
		iat := number(t, claims, "iat")
		if iat < start || iat > start+5 || number(t, claims, "exp") != iat+3600 {
			t.Errorf("iat %v, exp %v, the sign-in began at %d", claims["iat"], claims["exp"], start)
		}
		for _, name := range []string{"auth_time", "updated_at"} {
			if at := number(t, claims, name); at < start || at > iat {
				t.Errorf("%s is %d", name, at)
			}
		}
		known := []string{"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp", "at_hash", "sid", "email", "email_verified", "name", "updated_at"}
		for name := range claims {
			if !slices.Contains(known, name) {
				t.Errorf("there is a claim %s that nobody asked for", name)
			}
		}
	})
}

func number(t *testing.T, claims map[string]any, name string) int64 {
	t.Helper()
	f, ok := claims[name].(float64)
	if !ok {
		t.Errorf("%s is %#v, want a number", name, claims[name])
	}
	return int64(f)
}

// Each scope gives its claims and no other, in the ID token and at userinfo.
func TestScopesDecideClaims(t *testing.T) {
	p := one(t)
	of := map[string][]string{"openid": nil, "openid email": {"email", "email_verified"}, "openid profile": {"name", "updated_at"},
		"openid email profile": {"email", "email_verified", "name", "updated_at"}}
	for scope, want := range of {
		tokens := p.Browser().Tokens(apptest.NewRequest(apptest.Web).With("scope", scope), ada)
		info := p.Get("/userinfo", tokens.Access()).JSON
		if got := slices.Sorted(maps.Keys(info)); !slices.Equal(got, slices.Sorted(slices.Values(append([]string{"sub"}, want...)))) {
			t.Errorf("userinfo for %q has %v", scope, got)
		}
		claims := apptest.Claims(t, tokens.ID())
		for _, name := range []string{"email", "email_verified", "name", "updated_at"} {
			if _, has := claims[name]; has != slices.Contains(want, name) {
				t.Errorf("ID token for %q: %s is there: %v", scope, name, has)
			}
		}
		minimal := apptest.Claims(t, p.Browser().Tokens(apptest.NewRequest(apptest.Minimal).With("scope", scope), ada).ID())
		for _, name := range of["openid email profile"] {
			if _, has := minimal[name]; has {
				t.Errorf("minimal ID token for %q has %s", scope, name)
			}
		}
	}
}

// Without the scope openid it is plain OAuth: no ID token, no userinfo.
func TestWithoutOpenIDThereIsNoIDToken(t *testing.T) {
	p := one(t)
	tokens := p.Browser().Tokens(apptest.NewRequest(apptest.Web).With("scope", "email offline_access"), ada)
	if tokens.ID() != "" || tokens.Refresh() == "" || tokens.Text("scope") != "email offline_access" {
		t.Errorf("%s", tokens)
	}
	refused(t, "userinfo", p.Get("/userinfo", tokens.Access()), 403, "insufficient_scope")
}

// The subject is the person's, whatever browser, way in or application.
func TestSubjectIsStable(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		sub := func(c apptest.Client, email string, signIn func(b *apptest.Browser, r apptest.Request, email string) apptest.Answer) any {
			r := apptest.NewRequest(c)
			reply := p.Redeem(r, signIn(p.Browser(), r, email).Code())
			granted(t, "redeem", reply)
			return apptest.Claims(t, reply.ID())["sub"]
		}
		first := sub(apptest.Web, ada, (*apptest.Browser).SignIn)
		if got := sub(apptest.Spa, "ADA@Example.com", (*apptest.Browser).SignInByLink); got != first {
			t.Errorf("the same person is %v and %v", first, got)
		}
		if sub(apptest.Web, bob, (*apptest.Browser).SignIn) == first {
			t.Error("two people have one subject")
		}
	})
}

func TestSignInByLinkSaysSo(t *testing.T) {
	p := one(t)
	r := apptest.NewRequest(apptest.Web)
	reply := p.Redeem(r, p.Browser().SignInByLink(r, ada).Code())
	granted(t, "redeem", reply)
	if amr := apptest.Claims(t, reply.ID())["amr"]; !same(amr, []any{"otp", "email_link"}) {
		t.Errorf("amr %v", amr)
	}
}

// RFC 9068: a JWT access token says what it is, for whom, and how long.
func TestJWTAccessToken(t *testing.T) {
	p := one(t)
	tokens := p.Browser().Tokens(apptest.NewRequest(apptest.JWT), ada)
	if typ := apptest.JOSEHeader(t, tokens.Access())["typ"]; typ != "at+jwt" {
		t.Errorf("typ %v", typ)
	}
	claims, id := apptest.Claims(t, tokens.Access()), apptest.Claims(t, tokens.ID())
	for name, want := range map[string]any{
		"iss": p.URL, "aud": []any{"jwt"}, "client_id": "jwt", "sub": id["sub"], "scope": "openid email profile", "auth_time": id["auth_time"], "acr": id["acr"],
	} {
		if !same(claims[name], want) {
			t.Errorf("%s is %#v, want %#v", name, claims[name], want)
		}
	}
	if jti, _ := claims["jti"].(string); jti == "" {
		t.Error("no jti")
	}
	if life := number(t, claims, "exp") - number(t, claims, "iat"); life != int64(10*time.Minute/time.Second) {
		t.Errorf("it lives %d seconds", life)
	}
	for _, name := range []string{"email", "name"} {
		if _, has := claims[name]; has {
			t.Errorf("it has the claim %s", name)
		}
	}
}
