package oidc_test

import (
	"net/http"
	"net/url"
	"testing"

	"idp/internal/apptest"
	"idp/internal/idp"
)

// Threat: an application that keeps a request to sign out, as its page or a post from
// another site sealed it, until nobody would let it lead people to its address any
// more. What was checked then is checked again when somebody comes with it.
func TestSealedLogoutEndsWithItsAddress(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		posted := p.Browser().PostFrom("https://web.example.com", "/end_session", url.Values{"client_id": {"web"}, "post_logout_redirect_uri": {signedOutURI}})
		sealed := posted.Location()
		b := p.Browser()
		b.SignIn(apptest.NewRequest(apptest.Web), ada)
		page := b.Open(endSession("client_id", "web", "post_logout_redirect_uri", signedOutURI))
		if got := p.Browser().Open(sealed); got.Location() != signedOutURI {
			t.Fatalf("while it is registered: %s", got)
		}
		change(t, p, "web", func(c *idp.Client) { c.PostLogoutRedirectURIs = nil })
		if got := p.Browser().Open(sealed); got.Status != http.StatusBadRequest {
			t.Errorf("a stranger, afterwards: %s", got)
		}
		if got := b.Submit(page.Form(confirmPath), "sign-out"); got.Location() == signedOutURI {
			t.Errorf("the page of before: %s", got)
		}
		if isSignedIn(b) {
			t.Error("whoever pressed the button is still signed in")
		}
	})
}
