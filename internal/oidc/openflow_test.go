package oidc_test

import (
	"net/http"
	"net/url"
	"testing"

	"idp/internal/apptest"
	"idp/internal/idp"
	"idp/internal/secret"
	"idp/internal/testdb"
)

// A flow whose client cannot be looked up now is not broken: every page of it says to
// try again, as any of several replicas may that never heard of the client.
func TestFlowOfAClientThatIsSilent(t *testing.T) {
	t.Parallel()
	d := apptest.NewDescribed(t, agentCallback, nil)
	p := apptest.New(t, testdb.URL(t, "sqlite"), d.Allowed(), apptest.Faulty())
	d.Answers(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	k, err := apptest.Keyring()
	if err != nil {
		t.Fatal(err)
	}
	b := p.Browser()
	b.Authorize(apptest.NewRequest(apptest.Web)) // gets its cookie
	flow := &idp.Flow{
		ID: "f", ClientID: d.ID, RedirectURI: d.Redirect, Scopes: []string{"openid"}, Start: p.Clock.Now().UnixMilli(),
		Browser: secret.TokenOf(b.Cookie(apptest.BrowserCookie)).Hash(secret.KindBrowser),
	}
	device := *flow
	device.Device = "dev_x"
	q := url.QueryEscape
	for _, path := range []string{
		"/login?flow=" + q(flow.Seal(k)), "/login/consent?flow=" + q(flow.Seal(k)), "/authorize/continue?flow=" + q(flow.Seal(k)),
		"/device/connect?flow=" + q(device.Seal(k)), "/authorize?request=x&client_id=" + q(d.ID),
		"/authorize?client_id=" + q(d.ID) + "&request_uri=" + q("urn:ietf:params:oauth:request_uri:"+flow.Push(k)),
	} {
		if page := b.Get(path); page.Status != http.StatusServiceUnavailable || page.Location() != "" {
			t.Errorf("%.40s: %s, want 503", path, page)
		}
	}
}

// A redirect URI that was taken from the client meanwhile ends its flows at every
// page, before anybody types an address for them.
func TestFlowToARemovedRedirectURI(t *testing.T) {
	p := one(t)
	b := p.Browser()
	form := b.Authorize(apptest.NewRequest(apptest.Web)).Form("/login")
	flow := form.Values.Get("flow")
	change(t, p, "web", func(c *idp.Client) { c.RedirectURIs = []string{"https://web.example.com/new"} })
	for what, page := range map[string]*apptest.Page{
		"address": b.Get("/login?flow=" + url.QueryEscape(flow)), "posted": b.Post("/login", url.Values{"flow": {flow}, "email": {ada}}),
		"continue": b.Get("/authorize/continue?flow=" + url.QueryEscape(flow)),
	} {
		if page.Status != http.StatusBadRequest {
			t.Errorf("%s: %s, want 400", what, page)
		}
	}
}
