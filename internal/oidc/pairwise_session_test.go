package oidc_test

import (
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
