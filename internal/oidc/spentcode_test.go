package oidc_test

import (
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/idp"
)

// A code that comes too late ends the grant that it gave, but only by whoever could
// have redeemed it: a code alone, from a log or a history, ends nothing.
func TestLateCodeWithoutItsProof(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		r := apptest.NewRequest(apptest.Web)
		code := p.Browser().SignIn(r, ada).Code()
		tokens := p.Redeem(r, code)
		granted(t, "tokens", tokens)
		late := func(name, value string) apptest.Reply {
			form := r.CodeForm(code)
			form.Set(name, value)
			return p.Post("/oauth/token", apptest.Web, form)
		}
		for _, passed := range []time.Duration{0, idp.CodeTTL + time.Second} {
			p.Clock.Advance(passed)
			refused(t, "another verifier", late("code_verifier", apptest.NewRequest(apptest.Web).Verifier), 400, "invalid_grant")
			refused(t, "no verifier", late("code_verifier", ""), 400, "invalid_grant")
			refused(t, "another redirect URI", late("redirect_uri", "https://web.example.com/tenant?id=1"), 400, "invalid_grant")
			alive(t, "after codes without their proof", p, apptest.Web, tokens.Access())
		}
		refused(t, "late, with all of it", p.Redeem(r, code), 400, "invalid_grant")
		dead(t, "after a replay", p, apptest.Web, tokens.Access())
	})
}
