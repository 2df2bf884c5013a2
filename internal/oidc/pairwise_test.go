package oidc_test

import (
	"net/http"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/idp"
	"idp/internal/oidc"
	"idp/internal/secret"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// OpenID Connect Core §8.1: each sector knows a person by a subject of its own,
// the same every time and wherever it asks.
func TestPairwiseSubjects(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		subject := func(c apptest.Client, email string) string {
			tokens := p.Browser().Tokens(apptest.Offline(c), email)
			sub, _ := apptest.Claims(t, tokens.ID())["sub"].(string)
			next := p.Refresh(c, tokens.Refresh(), "")
			for where, got := range map[string]any{
				"introspection": p.Introspect(c, tokens.Access()).JSON["sub"], "introspection of the refresh token": p.Introspect(c, tokens.Refresh()).JSON["sub"],
				"refresh": apptest.Claims(t, next.ID())["sub"],
			} {
				if got != sub {
					t.Errorf("%s: %s says %v, the ID token %s", c.ID, where, got, sub)
				}
			}
			about := p.Get("/userinfo", tokens.Access())
			if got := about.Text("sub"); c.ID != "pair" && got != sub {
				t.Errorf("%s: userinfo says %s, the ID token %s", c.ID, got, sub)
			}
			if c.ID == "pair" {
				if got := apptest.Claims(t, tokens.Access())["sub"]; got != sub {
					t.Errorf("the access token says %v, the ID token %s", got, sub)
				}
				if got := apptest.Claims(t, about.Body)["sub"]; got != sub {
					t.Errorf("signed userinfo says %v, the ID token %s", got, sub)
				}
			}
			return sub
		}
		pair, public := subject(apptest.Pair, ada), subject(apptest.Web, ada)
		if pair == "" || len(pair) > 255 || pair == public || strings.HasPrefix(pair, "usr_") {
			t.Errorf("pairwise %q, public %q", pair, public)
		}
		if got := subject(apptest.Pair, ada); got != pair {
			t.Errorf("the second time: %s, was %s", got, pair)
		}
		if got := subject(apptest.Pear, ada); got != pair {
			t.Errorf("the same sector: %s, want %s", got, pair)
		}
		if got := subject(apptest.Apart, ada); got == pair || got == public {
			t.Errorf("another sector: %s", got)
		}
		if got := subject(apptest.Pair, bob); got == pair {
			t.Error("two people are one")
		}
		if types := p.Get(pathOpenID, "").JSON["subject_types_supported"]; !same(types, []any{"public", "pairwise"}) {
			t.Errorf("subject types %v", types)
		}
	})
}

// A hint names a person by the subject that the client knows.
func TestPairwiseHints(t *testing.T) {
	p := one(t)
	b := p.Browser()
	hint := b.Tokens(apptest.NewRequest(apptest.Pair), ada).ID()
	r := apptest.NewRequest(apptest.Pair).With("id_token_hint", hint)
	if a := b.Authorize(r.With("prompt", "none")).MustAnswer(); a.Code() == "" {
		t.Errorf("the same person: %v", a)
	}
	other := p.Browser()
	other.SignIn(apptest.NewRequest(apptest.Pair), bob)
	if a := other.Authorize(r.With("prompt", "none")).MustAnswer(); a.Fault() != "login_required" {
		t.Errorf("another person: %v", a)
	}
	// Signing out with the hint of this session asks nothing; with another's, it does.
	if page := other.Open("/end_session?id_token_hint=" + hint); page.Attr("logout-form", "data-auto") != "" {
		t.Error("another's hint signs out without a question")
	}
	if page := b.Open("/end_session?id_token_hint=" + hint); page.Attr("logout-form", "data-auto") == "" {
		t.Errorf("one's own hint is not understood: %s", page.Text())
	}
}

// Subjects stay when the root secret is replaced, and its key is nowhere in clear.
func TestPairwiseSubjectsOutliveTheRootSecret(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		old, next := strings.Repeat("o", 40), strings.Repeat("n", 40)
		load := func(current string, previous ...secret.Token) (*oidc.Subjects, error) {
			k, err := secret.NewKeyring(secret.TokenOf(current), previous...)
			if err != nil {
				t.Fatal(err)
			}
			return oidc.LoadSubjects(t.Context(), s, k)
		}
		first, err := load(old)
		if err != nil {
			t.Fatal(err)
		}
		want := first.Of("example.com", "usr_x")
		if again, err := load(old); err != nil || again.Of("example.com", "usr_x") != want {
			t.Fatalf("a second process: %v", err)
		}
		if _, err := load(next); err == nil {
			t.Fatal("another root secret opens the key")
		}
		during, err := load(next, secret.TokenOf(old))
		if err != nil || during.Of("example.com", "usr_x") != want {
			t.Fatalf("during the change: %v", err)
		}
		after, err := load(next)
		if err != nil || after.Of("example.com", "usr_x") != want || after.Of("example.com", "usr_y") == want || after.Of("example.org", "usr_x") == want {
			t.Fatalf("after the change: %v", err)
		}
	})
}

// Userinfo as a JWT is for its client alone and is no ID token.
func TestSignedUserinfo(t *testing.T) {
	p := one(t)
	b := p.Browser()
	tokens := b.Tokens(apptest.NewRequest(apptest.Pair), ada)
	reply := p.Get("/userinfo", tokens.Access())
	if reply.Status != http.StatusOK || reply.Header.Get("Content-Type") != "application/jwt" || reply.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%s %v", reply, reply.Header)
	}
	claims := apptest.Claims(t, reply.Body)
	if apptest.JOSEHeader(t, reply.Body)["alg"] != "ES256" || claims["iss"] != p.URL || claims["aud"] != "pair" || claims["email"] != ada {
		t.Errorf("%v", claims)
	}
	if a := b.Authorize(apptest.NewRequest(apptest.Pair).With("id_token_hint", reply.Body, "prompt", "none")).MustAnswer(); a.Fault() != "invalid_request" {
		t.Errorf("as a hint: %v", a)
	}
	refused(t, "as an access token", p.Get("/userinfo", reply.Body), http.StatusUnauthorized, "invalid_token")
	if algs := p.Get(pathOpenID, "").JSON["userinfo_signing_alg_values_supported"]; !contains(algs, "ES256") {
		t.Errorf("algorithms %v", algs)
	}
	change(t, p, "pair", func(c *idp.Client) { c.UserinfoAlg = "" })
	if algs := p.Get(pathOpenID, "").JSON["userinfo_signing_alg_values_supported"]; algs != nil {
		t.Errorf("nobody has it signed: %v", algs)
	}
}

// RFC 9701: who asks for it gets the answer signed, an inactive one too.
func TestSignedIntrospection(t *testing.T) {
	p := one(t)
	tokens := p.Browser().Tokens(apptest.NewRequest(apptest.ES256), ada)
	for token, active := range map[string]bool{tokens.Access(): true, "garbage": false} {
		req := p.NewRequest("/oauth/introspect", map[string][]string{"token": {token}})
		apptest.SetBasic(req, apptest.ES256.ID, apptest.ES256.Secret)
		req.Header.Set("Accept", "application/token-introspection+jwt")
		reply := p.Do(req)
		if reply.Status != http.StatusOK || reply.Header.Get("Content-Type") != "application/token-introspection+jwt" {
			t.Fatalf("%s %v", reply, reply.Header)
		}
		head, claims := apptest.JOSEHeader(t, reply.Body), apptest.Claims(t, reply.Body)
		inner, _ := claims["token_introspection"].(map[string]any)
		if head["typ"] != "token-introspection+jwt" || head["alg"] != "ES256" || claims["iss"] != p.URL || claims["aud"] != "es256" || claims["sub"] != nil || claims["exp"] != nil {
			t.Errorf("%v %v", head, claims)
		}
		if inner["active"] != active || !active && len(inner) != 1 {
			t.Errorf("inside: %v", inner)
		}
	}
}

func TestPromptCreate(t *testing.T) {
	p := one(t)
	b := p.Browser()
	r := apptest.NewRequest(apptest.Web).With("prompt", "create")
	page := b.Authorize(r)
	if page.Heading() != "Create your account" {
		t.Fatalf("%s", page)
	}
	wait, mail := b.Ask(page, ada)
	if a := b.EnterCode(wait, mail.Code).MustAnswer(); a.Code() == "" {
		t.Errorf("%v", a)
	}
	if page := b.Authorize(r); page.Heading() != "Create your account" {
		t.Errorf("for somebody signed in: %s", page)
	}
	if a := b.Authorize(r.With("prompt", "none create")).MustAnswer(); a.Fault() != "invalid_request" {
		t.Errorf("with none: %v", a)
	}
}

// What an application shows of itself is on the pages where people decide about
// it, and the policy lets its image in and nothing else.
func TestBrand(t *testing.T) {
	p := one(t)
	b := p.Browser()
	page := b.Authorize(apptest.NewRequest(apptest.Pair))
	check := func(what string, page *apptest.Page) {
		t.Helper()
		for _, part := range []string{`src="https://cdn.example.com/pair.svg"`, `href="https://pair.example.com/terms"`, `href="https://pair.example.com/privacy"`} {
			if !strings.Contains(page.Body, part) {
				t.Errorf("%s lacks %s", what, part)
			}
		}
		if csp := page.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "img-src 'self' data: https://cdn.example.com;") {
			t.Errorf("%s: %s", what, csp)
		}
	}
	check("sign-in", page)
	wait, mail := b.Ask(page, ada)
	check("consent", b.EnterCode(wait, mail.Code))
	if plain := p.Browser().Authorize(apptest.NewRequest(apptest.Web)); strings.Contains(plain.Header.Get("Content-Security-Policy"), "https://cdn") || strings.Contains(plain.Body, `id="legal"`) {
		t.Error("a client without a brand shows one")
	}
}
