package demo_test

import (
	"net/http"
	"testing"

	"idp/internal/demo"
)

func TestProviderMayStartLater(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	p.down.Store(true)
	app := newApp(t, p)
	b := newBrowser(t)
	wantSignedOut(t, b, app)
	wantPage(t, b.open(app+"/login"), http.StatusBadGateway, "The provider does not answer", "Try again")

	p.down.Store(false)
	wantPage(t, b.open(app+"/login"), http.StatusOK, "Signed in as")
}

// A provider that is gone for a while is no reason to lose the session.
func TestProviderMayVanish(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	app := newApp(t, p)
	b := newBrowser(t)
	b.open(app + "/login")
	p.down.Store(true)
	wantPage(t, b.press(app+"/refresh"), http.StatusBadGateway, "The provider does not answer")
	wantPage(t, b.open(app+"/"), http.StatusOK, "Signed in as")
}

// A provider that is up but not ready is asked again within the same request.
func TestProviderGetsReadyMeanwhile(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	refusals := 2
	p.onDiscovery = func(d map[string]any) {
		if refusals--; refusals >= 0 {
			d["issuer"] = 1 // unreadable, so not yet an answer
		}
	}
	wantPage(t, newBrowser(t).open(newApp(t, p)+"/login"), http.StatusOK, "Signed in as")
}

// Threat: a discovery document that speaks for another issuer.
func TestDiscoveryOfAnotherIssuer(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	app := newApp(t, p, func(c *demo.Config) { c.Issuer += "/" })
	wantPage(t, newBrowser(t).open(app+"/login"), http.StatusBadGateway, "did not match the issuer")
}
