package oidc_test

import (
	"strings"
	"testing"

	"idp/internal/apptest"
)

// RFC 9700 §2.1.1: every request has an S256 challenge, except those of a
// confidential client that its administrator excused.
func TestChallenges(t *testing.T) {
	p := one(t)
	clients := map[string]apptest.Client{"web": apptest.Web, "spa": apptest.Spa, "native": apptest.Native, "loose": apptest.Loose}
	for name, client := range clients {
		good := apptest.NewRequest(client)
		challenge := good.Params.Get("code_challenge")
		for what, r := range map[string]apptest.Request{
			"plain":                   good.With("code_challenge_method", "plain"),
			"plain with its verifier": good.With("code_challenge_method", "plain", "code_challenge", good.Verifier),
			"s256 in lower case":      good.With("code_challenge_method", "s256"),
			"unknown method":          good.With("code_challenge_method", "S512"),
			"no method":               good.Without("code_challenge_method"), // means plain
			"method without one":      good.Without("code_challenge"),
			"short challenge":         good.With("code_challenge", challenge[:42]),
			"long challenge":          good.With("code_challenge", challenge+"A"),
			"padded challenge":        good.With("code_challenge", challenge+"="),
			"standard base64":         good.With("code_challenge", strings.Repeat("+", 43)),
			"128 characters":          good.With("code_challenge", strings.Repeat("a", 128)),
		} {
			wantFault(t, name+": "+what, p, r, "invalid_request")
		}
		if name != "loose" {
			wantFault(t, name+": missing", p, good.WithoutPKCE(), "invalid_request")
		}
	}
}

// wantFault fails the test unless a stranger's request is refused with fault
// before any page.
func wantFault(t *testing.T, what string, p *apptest.Provider, r apptest.Request, fault string) {
	t.Helper()
	page := p.Browser().Get(r.Path())
	if a, ok := page.Answer(); !ok || a.Fault() != fault || a.Code() != "" {
		t.Errorf("%s: %s, want %s", what, page, fault)
	}
}

func TestExcusedClientMayGoWithoutPKCE(t *testing.T) {
	p := one(t)
	r := apptest.NewRequest(apptest.Loose).WithoutPKCE()
	a := p.Browser().SignIn(r, ada)
	granted(t, "without PKCE", p.Redeem(r, a.Code()))
	with := apptest.NewRequest(apptest.Loose)
	granted(t, "with PKCE", p.Redeem(with, p.Browser().SignIn(with, ada).Code()))
}

// A verifier is checked where there was a challenge and refused where there was
// none: an attacker may have stripped it (RFC 9700 §4.8.2).
func TestVerifiers(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		b.SignIn(apptest.NewRequest(apptest.Loose), ada)
		for _, client := range []apptest.Client{apptest.Web, apptest.Spa, apptest.Loose} {
			r := apptest.NewRequest(client)
			v := r.Verifier
			for what, verifier := range map[string]string{
				"missing": "", "wrong": strings.Repeat("a", 43), "of another request": apptest.NewRequest(client).Verifier,
				"the challenge itself": r.Params.Get("code_challenge"), "too short": v[:42], "cut": v[:len(v)-1],
				"one more character": v + "a", "too long": strings.Repeat("a", 129), "in another case": strings.ToLower(v), "with a space": v[:50] + " ",
			} {
				attempt := r
				attempt.Verifier = verifier
				code := b.SignIn(r, ada).Code()
				refused(t, client.ID+", verifier "+what, p.Redeem(attempt, code), 400, "invalid_grant")
				// The failed attempt did not spend the code for its rightful client.
				granted(t, client.ID+", then the right one", p.Redeem(r, code))
			}
		}
		stripped := apptest.NewRequest(apptest.Loose).WithoutPKCE()
		code := b.SignIn(stripped, ada).Code()
		stripped.Verifier = strings.Repeat("v", 43)
		refused(t, "a verifier without a challenge", p.Redeem(stripped, code), 400, "invalid_grant")
	})
}
