package oidc_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/idp"
)

const (
	exchangeGrant   = "urn:ietf:params:oauth:grant-type:token-exchange"
	accessTokenType = "urn:ietf:params:oauth:token-type:access_token"
)

// exchange exchanges a token as Service; more are names and values in turn.
func exchange(p *apptest.Provider, token string, more ...string) apptest.Reply {
	form := url.Values{"grant_type": {exchangeGrant}, "subject_token": {token}, "subject_token_type": {accessTokenType}}
	for i := 0; i < len(more); i += 2 {
		form[more[i]] = append(form[more[i]], more[i+1])
	}
	return p.Post("/oauth/token", apptest.Service, form)
}

// fronted is a request of Front for everything it may have.
func fronted(resources ...string) apptest.Request {
	r := apptest.NewRequest(apptest.Front).With("scope", "openid email offline_access notes.read notes.write")
	r.Params["resource"] = resources
	return r
}

// RFC 8693: a service acts for the person behind a token, as itself, with less.
func TestExchange(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		tokens := p.Browser().Tokens(fronted(apptest.API, apptest.Files), ada)
		p.Clock.Advance(4 * time.Minute)
		reply := exchange(p, tokens.Access())
		granted(t, "exchange", reply)
		if reply.Text("issued_token_type") != accessTokenType || reply.Text("scope") != "notes.read" || reply.Refresh() != "" || reply.ID() != "" {
			t.Errorf("%s", reply)
		}
		was, is := apptest.Claims(t, tokens.Access()), apptest.Claims(t, reply.Access())
		if !same(is["aud"], []any{apptest.API}) || is["sub"] != was["sub"] || is["client_id"] != "service" || !same(is["act"], map[string]any{"sub": "service"}) {
			t.Errorf("%v", is)
		}
		if is["exp"] != was["exp"] || number(t, reply.JSON, "expires_in") > 360 {
			t.Errorf("it lives longer than the token it came from: %v, %v, %s", is["exp"], was["exp"], reply)
		}
		about := p.Introspect(apptest.Service, reply.Access())
		if about.JSON["active"] != true || about.JSON["client_id"] != "service" || !same(about.JSON["act"], map[string]any{"sub": "service"}) {
			t.Errorf("%s", about)
		}
		if r := p.Introspect(apptest.Front, reply.Access()); r.Body != `{"active":false}` {
			t.Errorf("the application hears of the service's token: %s", r)
		}
		refused(t, "userinfo", p.Get("/userinfo", reply.Access()), http.StatusUnauthorized, "invalid_token")
		refused(t, "revocation by the service", p.Revoke(apptest.Service, reply.Access()), 400, "unsupported_token_type")

		again := exchange(p, reply.Access(), "scope", "notes.read", "resource", apptest.API, "requested_token_type", accessTokenType)
		granted(t, "handed on", again)
		if act := apptest.Claims(t, again.Access())["act"]; !same(act, map[string]any{"sub": "service", "act": map[string]any{"sub": "service"}}) {
			t.Errorf("act %v", act)
		}
		// What ends the grant ends all that came from it.
		p.Revoke(apptest.Front, tokens.Refresh())
		for what, token := range map[string]string{"exchanged": reply.Access(), "exchanged twice": again.Access()} {
			if r := p.Introspect(apptest.Service, token); r.Body != `{"active":false}` {
				t.Errorf("%s, after the revocation: %s", what, r)
			}
		}
		refused(t, "after the revocation", exchange(p, tokens.Access()), 400, "invalid_request")
	})
}

// A token that names no resource reaches what its client could have asked for.
func TestExchangeOfOpaqueTokens(t *testing.T) {
	p := one(t)
	tokens := p.Browser().Tokens(fronted(), ada)
	if got := aud(t, exchange(p, tokens.Access())); !same(got, []any{"service"}) {
		t.Errorf("nothing asked: %v", got)
	}
	if got := aud(t, exchange(p, tokens.Access(), "audience", apptest.API)); !same(got, []any{apptest.API}) {
		t.Errorf("audience asked: %v", got)
	}
	refused(t, "what the application could not have", exchange(p, tokens.Access(), "resource", "https://other.example.com"), 400, "invalid_target")
	refused(t, "what the service may not have", exchange(p, tokens.Access(), "resource", apptest.Files), 400, "invalid_target")
	change(t, p, "front", func(c *idp.Client) { c.Consent = idp.ConsentOnce })
	refused(t, "what no person was shown", exchange(p, tokens.Access(), "audience", apptest.API), 400, "invalid_target")
	if got := aud(t, exchange(p, tokens.Access())); !same(got, []any{"service"}) {
		t.Errorf("nothing asked, where people are: %v", got)
	}
}

// exchanging lets clients exchange tokens, each those of one other.
func exchanging(t *testing.T, p *apptest.Provider, from map[string]string, resources ...string) {
	t.Helper()
	for id, other := range from {
		change(t, p, id, func(c *idp.Client) {
			c.GrantTypes, c.ExchangeFrom, c.Scopes, c.Resources = append(c.GrantTypes, exchangeGrant), []string{other}, []string{"notes.read"}, resources
		})
	}
}

// exchangeAs exchanges a token as another client than Service.
func exchangeAs(p *apptest.Provider, c apptest.Client, token string, resources ...string) apptest.Reply {
	return p.Post("/oauth/token", c, url.Values{
		"grant_type": {exchangeGrant}, "subject_token": {token}, "subject_token_type": {accessTokenType}, "resource": resources,
	})
}

// What one exchange refuses, two do not give: a token that is for its holder alone
// reaches what all who had it could have asked for.
func TestExchangeInStepsReachesNoFurther(t *testing.T) {
	p := one(t)
	const other = "https://other.example.com"
	exchanging(t, p, map[string]string{"machine": "service"}, apptest.API, apptest.Files, other)
	tokens := p.Browser().Tokens(fronted(), ada)
	refused(t, "at once", exchange(p, tokens.Access(), "resource", other), 400, "invalid_target")
	first := exchange(p, tokens.Access())
	granted(t, "for the service", first)
	refused(t, "what the application could not have", exchange(p, first.Access(), "resource", other), 400, "invalid_target")
	if got := aud(t, exchange(p, first.Access(), "resource", apptest.API)); !same(got, []any{apptest.API}) {
		t.Errorf("what all may have: %v", got)
	}
	refused(t, "what the service could not have", exchangeAs(p, apptest.Machine, first.Access(), apptest.Files), 400, "invalid_target")
	second := exchangeAs(p, apptest.Machine, first.Access())
	granted(t, "for the machine", second)
	exchanging(t, p, map[string]string{"both": "machine"}, apptest.API, apptest.Files)
	refused(t, "what the service between could not have", exchangeAs(p, apptest.Both, second.Access(), apptest.Files), 400, "invalid_target")
	granted(t, "what all may have, at the end", exchangeAs(p, apptest.Both, second.Access(), apptest.API))
}

// Every service that handed the token on is asked, not the first and the last only.
func TestExchangeAsksEverybodyOnTheWay(t *testing.T) {
	p := one(t)
	exchanging(t, p, map[string]string{"machine": "service", "both": "machine"}, apptest.API)
	second := exchangeAs(p, apptest.Machine, exchange(p, p.Browser().Tokens(fronted(apptest.API), ada).Access()).Access())
	granted(t, "handed on", exchangeAs(p, apptest.Both, second.Access()))
	change(t, p, "service", func(c *idp.Client) { c.Allow = &idp.Members{Emails: []string{bob}} })
	refused(t, "not admitted between", exchangeAs(p, apptest.Both, second.Access()), 400, "invalid_request")
	change(t, p, "service", func(c *idp.Client) { c.Allow = nil })
	granted(t, "admitted again", exchangeAs(p, apptest.Both, second.Access()))
	if err := p.App.Store.ApplyClients(t.Context(), idp.ClientPlan{Disable: []string{"service"}}, p.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	if err := p.App.Clients.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	refused(t, "gone", exchangeAs(p, apptest.Both, second.Access()), 400, "invalid_request")
}

// What an administrator takes from one of them is gone from the next token of all who
// come after it, and not of its own only.
func TestExchangeKnowsLostScopesOnTheWay(t *testing.T) {
	p := one(t)
	exchanging(t, p, map[string]string{"machine": "service"}, apptest.API)
	change(t, p, "machine", func(c *idp.Client) { c.Scopes = []string{"notes.read"} })
	first := exchange(p, p.Browser().Tokens(fronted(apptest.API), ada).Access())
	if second := exchangeAs(p, apptest.Machine, first.Access()); second.Text("scope") != "notes.read" {
		t.Fatalf("before: %s", second)
	}
	change(t, p, "front", func(c *idp.Client) { c.Scopes = []string{"openid", "email", "offline_access", "notes.write"} })
	second := exchangeAs(p, apptest.Machine, first.Access())
	granted(t, "after", second)
	if second.Text("scope") != "" {
		t.Errorf("what the application lost: %s", second)
	}
}

func TestExchangeRefusals(t *testing.T) {
	p := one(t)
	b := p.Browser()
	tokens := b.Tokens(fronted(apptest.API), ada)
	files := b.Tokens(fronted(apptest.Files), ada)
	web := b.Tokens(apptest.NewRequest(apptest.Web), ada)
	for what, c := range map[string]struct {
		reply apptest.Reply
		fault string
	}{
		"no token":                 {exchange(p, ""), "invalid_request"},
		"garbage":                  {exchange(p, "garbage"), "invalid_request"},
		"an ID token":              {exchange(p, tokens.ID()), "invalid_request"},
		"a refresh token":          {exchange(p, tokens.Refresh()), "invalid_request"},
		"a client's own token":     {exchange(p, own(p, apptest.Service, "").Access()), "invalid_request"},
		"another type":             {exchange(p, tokens.Access(), "requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token"), "invalid_request"},
		"an actor":                 {exchange(p, tokens.Access(), "actor_token", tokens.Access()), "invalid_request"},
		"more scopes":              {exchange(p, tokens.Access(), "scope", "notes.read other.read"), "invalid_scope"},
		"scopes of the other only": {exchange(p, tokens.Access(), "scope", "notes.write"), "invalid_scope"},
		"another audience":         {exchange(p, tokens.Access(), "resource", "https://other.example.com"), "invalid_target"},
		"nothing in common":        {exchange(p, files.Access()), "invalid_target"},
		"of another client":        {exchange(p, web.Access()), "invalid_request"}, // RFC 8693 §2.2.2: by policy too
		"without the grant": {p.Post("/oauth/token", apptest.Web, url.Values{
			"grant_type": {exchangeGrant}, "subject_token": {web.Access()}, "subject_token_type": {accessTokenType},
		}), "unauthorized_client"},
	} {
		refused(t, what, c.reply, 400, c.fault)
	}
	p.Clock.Advance(10 * time.Minute)
	refused(t, "expired", exchange(p, tokens.Access()), 400, "invalid_request")
}

// The same person, session and rules as for any other token.
func TestExchangeChecksThePerson(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		tokens := b.Tokens(fronted(apptest.API), ada)
		passing := b.Tokens(fronted(apptest.API).With("scope", "notes.read"), ada)
		granted(t, "before", exchange(p, tokens.Access()))
		change(t, p, "front", func(c *idp.Client) { c.Allow = &idp.Members{Emails: []string{bob}} })
		refused(t, "not admitted at the application", exchange(p, tokens.Access()), 400, "invalid_request")
		change(t, p, "front", func(c *idp.Client) { c.Allow = nil })
		change(t, p, "service", func(c *idp.Client) { c.Allow = &idp.Members{Emails: []string{bob}} })
		refused(t, "not admitted at the service", exchange(p, tokens.Access()), 400, "invalid_request")
		change(t, p, "service", func(c *idp.Client) { c.Allow = nil })
		granted(t, "after", exchange(p, passing.Access()))
		b.Post("/logout", url.Values{})
		refused(t, "the session ended", exchange(p, passing.Access()), 400, "invalid_request")
		granted(t, "offline access stays", exchange(p, tokens.Access()))
	})
}

// A token is not handed on without end.
func TestExchangeChain(t *testing.T) {
	p := one(t)
	token := p.Browser().Tokens(fronted(apptest.API), ada).Access()
	for range 4 {
		reply := exchange(p, token)
		granted(t, "exchange", reply)
		token = reply.Access()
	}
	refused(t, "the fifth", exchange(p, token), 400, "invalid_request")
}

// Claims that one application asked for by name are no business of a service that
// exchanged its token.
func TestExchangeCarriesNoClaimsByName(t *testing.T) {
	p := one(t)
	change(t, p, "service", func(c *idp.Client) { c.Scopes = []string{"openid", "email", "profile", "notes.read"} })
	r := fronted().With("scope", "openid notes.read", "claims", `{"userinfo":{"email":null}}`)
	tokens := p.Browser().Tokens(r, ada)
	if info := p.Get("/userinfo", tokens.Access()); info.Text("email") != ada {
		t.Fatalf("the application itself: %s", info)
	}
	reply := exchange(p, tokens.Access(), "scope", "openid")
	granted(t, "exchange", reply)
	if info := p.Get("/userinfo", reply.Access()); info.Text("sub") == "" || info.JSON["email"] != nil {
		t.Errorf("the service: %s", info)
	}
}

// A service has not the key that the application's token is bound to. What it gets
// is bound to its own, if it shows one.
func TestExchangeOfBoundTokens(t *testing.T) {
	p := one(t)
	application, service := newProver(t, p, "ES256"), newProver(t, p, "EdDSA")
	access := application.tokens(fronted(apptest.API)).Access()
	plain := exchange(p, access)
	if plain.Text("token_type") != "Bearer" || apptest.Claims(t, plain.Access())["cnf"] != nil {
		t.Errorf("without a key: %s", plain)
	}
	own := service.token(apptest.Service, url.Values{"grant_type": {exchangeGrant}, "subject_token": {access}, "subject_token_type": {accessTokenType}})
	if cnf, _ := apptest.Claims(t, own.Access())["cnf"].(map[string]any); own.Text("token_type") != "DPoP" || cnf["jkt"] != service.keyHash() {
		t.Errorf("with a key of its own: %s, %v", own, cnf)
	}
}
