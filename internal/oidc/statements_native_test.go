package oidc_test

import (
	"net/http"
	"strings"
	"testing"

	"idp/internal/apptest"
)

// An application's own sign-in costs what one in a browser does, without the
// pages: two round trips and two durable commits after the mail.
func TestStatementsOfTheNativeAPI(t *testing.T) {
	p, s := newCounted(t)
	p.Browser().SignInHere(ada)
	const path = "/v1/auth/magic-link/"
	after := p.Inbox.Last()
	var sent, proof, tokens apptest.Reply
	var mail apptest.NativeMail
	for _, c := range []struct {
		what                string
		act                 func()
		roundTrips, commits int
	}{
		{"send, with its mail", func() {
			sent = p.JSON(path+"send", apptest.Phone, "email", ada)
			mail = p.NextNativeMail(after, ada)
		}, 2, 3},
		{"verify", func() {
			proof = p.JSON(path+"verify", apptest.Phone, "token", mail.Token, "challenge", sent.Text("challenge"))
		}, 2, 2},
		{"me", func() { tokens = p.Get("/v1/auth/me", proof.Text("session_token")) }, 1, 0},
		{"me for garbage", func() { p.Get("/v1/auth/me", "at_x") }, 0, 0},
		{"verify of garbage", func() { p.JSON(path+"verify", apptest.Phone, "token", "x") }, 0, 0},
		{"send for no client", func() { p.JSON(path+"send", apptest.Native, "email", ada) }, 0, 0},
	} {
		roundTrips, commits := s.of(c.act)
		if len(roundTrips) != c.roundTrips || len(commits) != c.commits {
			t.Errorf("%s: %d round trips and %d commits, want %d and %d:\n%s\n%s", c.what, len(roundTrips), len(commits), c.roundTrips, c.commits,
				strings.Join(roundTrips, "\n"), strings.Join(commits, "\n"))
		}
	}
	if tokens.Status != http.StatusOK {
		t.Errorf("me: %s", tokens)
	}
}
