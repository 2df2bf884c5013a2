package oidc_test

import (
	"net/url"
	"strings"
	"testing"

	"idp/internal/apptest"
)

// What works once costs a commit: assertions, proofs, and the completion of a
// pushed request. Pushing costs none.
func TestStatementsOfSignedOperations(t *testing.T) {
	p, s := newCounted(t)
	d, b, r := newProver(t, p, "ES256"), p.Browser(), apptest.NewRequest(apptest.Web)
	b.SignIn(r, ada)
	bound := d.tokens(r).Access()
	pushed, again := mustPush(t, p, r), mustPush(t, p, r)
	mine := apptest.NewRequest(signed)
	code, held, both := b.SignIn(mine, ada).Code(), b.SignIn(r, ada).Code(), b.SignIn(mine, ada).Code()
	for _, c := range []struct {
		what          string
		act           func()
		sent, commits int
	}{
		{"push", func() { mustPush(t, p, r) }, 0, 0},
		{"push that is refused", func() { push(t, p, r.WithoutPKCE()) }, 0, 0},
		{"authorize of a stranger, pushed", func() { p.Browser().Authorize(pushed) }, 1, 0},
		{"authorize with single sign-on, pushed", func() { b.Authorize(again).MustAnswer().Code() }, 3, 1},
		{"token with an assertion", func() { granted(t, "token", signedPost(t, p, "/oauth/token", signed, mine.CodeForm(code))) }, 2, 2},
		{"token with an assertion and a proof", func() { granted(t, "token", d.token(signed, mine.CodeForm(both))) }, 2, 2},
		{"push with an assertion and a proof", func() { d.post("/oauth/par", signed, mine.Params, d.proof("POST", "/oauth/par", "")) }, 1, 1},
		{"token with a bad assertion", func() { p.Post("/oauth/token", signed, asserted(url.Values{}, "x")) }, 0, 0},
		{"token with a proof", func() { granted(t, "token", d.token(apptest.Web, r.CodeForm(held))) }, 2, 2},
		{"token for garbage with a proof", func() { d.token(apptest.Web, r.CodeForm("x")) }, 0, 0},
		{"userinfo with a proof", func() { d.userinfo("DPoP", bound, d.proof("GET", "/userinfo", bound)) }, 2, 1},
		{"userinfo for garbage with a proof", func() { d.userinfo("DPoP", "at_x", d.proof("GET", "/userinfo", "at_x")) }, 0, 0},
		{"userinfo with a bad proof", func() { d.userinfo("DPoP", bound, "x") }, 0, 0},
	} {
		sent, commits := s.of(c.act)
		if len(sent) != c.sent || len(commits) != c.commits {
			t.Errorf("%s: %d round trips and %d commits, want %d and %d:\n%s\n%s", c.what, len(sent), len(commits), c.sent, c.commits,
				strings.Join(sent, "\n"), strings.Join(commits, "\n"))
		}
	}
}
