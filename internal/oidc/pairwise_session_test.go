package oidc_test

import (
	"slices"
	"strings"
	"testing"

	"idp/internal/apptest"
)

const pairwise = "subject_type: pairwise"

// What tells a pairwise client of the end of a session names person and session as
// its ID tokens do.
func TestLogoutOfPairwiseClients(t *testing.T) {
	eachWith(t, []string{"notes"}, []string{pairwise}, func(t *testing.T, p *apptest.Provider, apps []*apptest.Application) {
		b := p.Browser()
		public := apptest.Claims(t, b.Tokens(apptest.NewRequest(apptest.Web), ada).ID())
		id := b.Tokens(apptest.NewRequest(apps[0].Client), ada).ID()
		confirmed(t, b, b.Open(endSession("id_token_hint", id)), true)
		token, claims := heard(t, p, apps[0], apps[0].NextToken(t)), apptest.Claims(t, id)
		if token.Subject != claims["sub"] || token.Subject == public["sub"] {
			t.Errorf("the logout token is about %s, the ID token about %v", token.Subject, claims["sub"])
		}
		if token.SessionID != claims["sid"] || token.SessionID == "" {
			t.Errorf("the logout token ends session %s, the ID token is of %v", token.SessionID, claims["sid"])
		}
	})
}

// Sectors cannot tell by the session that two people are one: each knows it by a
// name of its own, in the frames of a sign-out too.
func TestSessionsOfPairwiseClients(t *testing.T) {
	p := one(t, apptest.Clients(framed("framed", "")+"    "+pairwise+"\n"))
	b := p.Browser()
	sid := func(c apptest.Client) string {
		s, _ := apptest.Claims(t, b.Tokens(apptest.NewRequest(c), ada).ID())["sid"].(string)
		return s
	}
	web, pair, pear, apart, framed := sid(apptest.Web), sid(apptest.Pair), sid(apptest.Pear), sid(apptest.Apart), sid(apptest.Confidential("framed"))
	if pair != pear || slices.Contains([]string{web, apart, framed, ""}, pair) || apart == web || framed == web || strings.Contains(pair, "ses_") {
		t.Errorf("sessions: web %s, pair %s, pear %s, apart %s, framed %s", web, pair, pear, apart, framed)
	}
	end := b.Submit(b.Open("/account").Form("/logout"))
	if got := frames(t, end); len(got) != 1 || !strings.HasSuffix(got[0], "&sid="+framed) {
		t.Errorf("frames %v, want session %s", got, framed)
	}
}

// The id that other clients know a person by is no hint at a pairwise one, which
// could learn by it who is who.
func TestPairwiseHintsTakeNoOtherSubject(t *testing.T) {
	p := one(t)
	b := p.Browser()
	public, _ := apptest.Claims(t, b.Tokens(apptest.NewRequest(apptest.Web), ada).ID())["sub"].(string)
	own, _ := apptest.Claims(t, b.Tokens(apptest.NewRequest(apptest.Pair), ada).ID())["sub"].(string)
	for sub, fault := range map[string]string{own: "", public: "login_required"} {
		r := apptest.NewRequest(apptest.Pair).With("prompt", "none", "claims", `{"id_token":{"sub":{"value":"`+sub+`"}}}`)
		if a := b.Authorize(r).MustAnswer(); a.Fault() != fault {
			t.Errorf("sub %s: %v, want %q", sub, a, fault)
		}
	}
}
