package oidc_test

import (
	"net/http"
	"net/url"
	"testing"

	"idp/internal/apptest"
	"idp/internal/idp"
)

// forResources is a request of Agent that names resources.
func forResources(scope string, resources ...string) apptest.Request {
	r := apptest.NewRequest(apptest.Agent).With("scope", scope)
	r.Params["resource"] = resources
	return r
}

// targeted sends a token request that names resources.
func targeted(p *apptest.Provider, form url.Values, resources ...string) apptest.Reply {
	form["resource"] = resources
	return p.Post("/oauth/token", apptest.Agent, form)
}

func aud(t *testing.T, reply apptest.Reply) any {
	t.Helper()
	granted(t, "token for a resource", reply)
	if apptest.JOSEHeader(t, reply.Access())["typ"] != "at+jwt" {
		t.Fatalf("not a JWT: %s", reply)
	}
	return apptest.Claims(t, reply.Access())["aud"]
}

// RFC 8707: a token is for the resources that were asked for and nothing else; at
// the token endpoint they become fewer, never others.
func TestResources(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		r := forResources("openid email offline_access", apptest.API, apptest.Files)
		tokens := p.Redeem(r, b.SignIn(r, ada).Code())
		if got := aud(t, tokens); !same(got, []any{apptest.API, apptest.Files}) {
			t.Errorf("all: %v", got)
		}
		if got := apptest.Claims(t, tokens.ID())["aud"]; !same(got, []any{"agent"}) {
			t.Errorf("the ID token is for %v", got)
		}
		refused(t, "userinfo", p.Get("/userinfo", tokens.Access()), http.StatusUnauthorized, "invalid_token")
		if about := p.Introspect(apptest.Agent, tokens.Access()); !same(about.JSON["aud"], []any{apptest.API, apptest.Files}) {
			t.Errorf("introspection: %s", about)
		}
		one := targeted(p, r.CodeForm(b.SignIn(r, ada).Code()), apptest.Files)
		if got := aud(t, one); !same(got, []any{apptest.Files}) {
			t.Errorf("one of two: %v", got)
		}
		refresh := func(rs ...string) apptest.Reply {
			return targeted(p, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {one.Refresh()}}, rs...)
		}
		if got := aud(t, refresh(apptest.API)); !same(got, []any{apptest.API}) {
			t.Errorf("the other on refresh: %v", got)
		}
		if got := aud(t, refresh()); !same(got, []any{apptest.API, apptest.Files}) {
			t.Errorf("refresh without: %v", got)
		}

		narrow := forResources("openid offline_access", apptest.API)
		refused(t, "another than granted", targeted(p, narrow.CodeForm(b.SignIn(narrow, ada).Code()), apptest.Files), 400, "invalid_target")
		reply := p.Redeem(narrow, b.SignIn(narrow, ada).Code())
		refused(t, "another on refresh", targeted(p, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {reply.Refresh()}}, apptest.Files), 400, "invalid_target")
	})
}

// With the issuer among its resources, a sign-in's token is good at userinfo too;
// without any it is what it always was.
func TestResourcesAndUserinfo(t *testing.T) {
	p := one(t)
	b := p.Browser()
	r := forResources("openid email", apptest.API, p.URL)
	tokens := p.Redeem(r, b.SignIn(r, ada).Code())
	if got := aud(t, tokens); !same(got, []any{apptest.API, p.URL}) {
		t.Errorf("aud %v", got)
	}
	alive(t, "issuer and resource", p, apptest.Agent, tokens.Access())
	alive(t, "no resource", p, apptest.Agent, b.Tokens(forResources("openid"), ada).Access())

	byDefault := p.Browser().Tokens(apptest.NewRequest(apptest.Audience), ada)
	if got := apptest.Claims(t, byDefault.Access())["aud"]; !same(got, []any{"my-api", p.URL}) {
		t.Errorf("the default audience is %v", got)
	}
	alive(t, "default audience", p, apptest.Audience, byDefault.Access())
	plain := p.Browser().Tokens(apptest.NewRequest(apptest.Audience).With("scope", "email"), ada)
	if got := apptest.Claims(t, plain.Access())["aud"]; !same(got, []any{"my-api"}) {
		t.Errorf("the default audience without openid is %v", got)
	}
}

func TestResourcesThatAreRefused(t *testing.T) {
	p := one(t)
	b := p.Browser()
	b.SignIn(forResources("openid"), ada)
	for _, rs := range [][]string{
		{"https://evil.example.com"}, {apptest.API + "/"}, {apptest.API + "#x"}, {"api.example.com"}, {"/v1"}, {apptest.API, "https://evil.example.com"}, {""},
		{"https://api.example.com/\"quoted\""},
	} {
		if a := b.Authorize(forResources("openid", rs...)).MustAnswer(); a.Fault() != "invalid_target" || a.Params.Get("error_description") == "" {
			t.Errorf("%q: %v", rs, a)
		}
		if rs[0] != "" {
			refused(t, rs[0], targeted(p, url.Values{"grant_type": {"client_credentials"}}, rs...), 400, "invalid_target")
		}
	}
	if a := b.Authorize(forResources("notes.read", p.URL)).MustAnswer(); a.Fault() != "invalid_target" {
		t.Errorf("userinfo without openid: %v", a)
	}
	many := make([]string, 11)
	for i := range many {
		many[i] = apptest.API
	}
	if page := b.Authorize(forResources("openid", many...)); page.Status != http.StatusBadRequest {
		t.Errorf("eleven resources: %s", page)
	}
	if page := b.Get(apptest.NewRequest(apptest.Web).Path() + "&scope=openid"); page.Status != http.StatusBadRequest {
		t.Errorf("another parameter twice: %s", page)
	}
}

// Where a person is asked, a grant is for what the page named: what comes to the
// token endpoint only was shown to nobody.
func TestResourcesThatNobodyWasShown(t *testing.T) {
	d := apptest.NewDescribed(t, agentCallback, nil)
	each(t, func(t *testing.T, p *apptest.Provider) {
		refresh := func(c apptest.Client, token string) apptest.Reply {
			return p.Post("/oauth/token", c, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}, "resource": {apptest.API}})
		}
		change(t, p, "agent", func(c *idp.Client) { c.Consent = idp.ConsentOnce })
		change(t, p, "audience", func(c *idp.Client) { c.Consent, c.Resources = idp.ConsentOnce, []string{apptest.API} })
		for _, c := range []apptest.Client{apptest.Agent, apptest.Audience, d.Client} {
			b := p.Browser()
			r := apptest.NewRequest(c).With("scope", "openid offline_access")
			resource := apptest.API
			if c == d.Client {
				resource = apptest.Tools
			}
			form := r.CodeForm(b.SignIn(r, ada).Code())
			form["resource"] = []string{resource}
			refused(t, c.ID+": at the code", p.Post("/oauth/token", c, form), 400, "invalid_target")
			form["resource"] = []string{p.URL} // which userinfo is, and openid is for
			tokens := p.Post("/oauth/token", c, form)
			granted(t, c.ID+": userinfo", tokens)
			again := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {tokens.Refresh()}, "resource": {resource}}
			refused(t, c.ID+": at a refresh", p.Post("/oauth/token", c, again), 400, "invalid_target")
			granted(t, c.ID+": without", p.Refresh(c, tokens.Refresh(), ""))
		}

		// A device's page asks whatever the client's consent is; what its people said in
		// a browser is another grant.
		change(t, p, "tv", func(c *idp.Client) {
			c.GrantTypes, c.RedirectURIs = append(c.GrantTypes, idp.GrantCode), []string{"https://tv.example.com/callback"}
		})
		b, device := p.Browser(), wait(t, p, apptest.TV, "openid offline_access")
		b.Submit(signedInAt(t, b, device, ada).Form("/device/connect"), "connect")
		form := url.Values{"grant_type": {deviceGrant}, "device_code": {device.Text("device_code")}, "resource": {apptest.API}}
		refused(t, "device", p.Post("/oauth/token", apptest.TV, form), 400, "invalid_target")
		tokens := poll(p, apptest.TV, device)
		granted(t, "device without", tokens)
		refused(t, "device, at a refresh", refresh(apptest.TV, tokens.Refresh()), 400, "invalid_target")
		tv := apptest.TV
		tv.Redirect = "https://tv.example.com/callback"
		if got := aud(t, refresh(tv, b.Tokens(apptest.Offline(tv), ada).Refresh())); !same(got, []any{apptest.API}) {
			t.Errorf("nobody is asked in a browser: %v", got)
		}
	}, d.Allowed())
}

// Whoever is asked sees what the access is for.
func TestConsentNamesTheResources(t *testing.T) {
	p := one(t)
	change(t, p, apptest.Agent.ID, func(c *idp.Client) { c.Consent = idp.ConsentAlways })
	b := p.Browser()
	b.SignInHere(ada)
	page := b.Authorize(forResources("openid", apptest.API, apptest.Files))
	if text, _ := page.ByID("resources"); text != "Its access is for api.example.com , files.example.com ." {
		t.Errorf("%s says %q", page, text)
	}
}

func TestClientCredentialsForResources(t *testing.T) {
	p := one(t)
	form := func() url.Values { return url.Values{"grant_type": {"client_credentials"}} }
	reply := targeted(p, form(), apptest.API, apptest.API)
	if got := aud(t, reply); !same(got, []any{apptest.API}) {
		t.Errorf("aud %v", got)
	}
	if about := p.Introspect(apptest.Agent, reply.Access()); about.JSON["active"] != true || !same(about.JSON["aud"], []any{apptest.API}) {
		t.Errorf("%s", about)
	}
	refused(t, "a person's endpoint", targeted(p, form(), p.URL), 400, "invalid_target")
}
