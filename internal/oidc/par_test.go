package oidc_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
)

const requestURIPrefix = "urn:ietf:params:oauth:request_uri:"

// push sends a request to the PAR endpoint as its client.
func push(t testing.TB, p *apptest.Provider, r apptest.Request) apptest.Reply {
	t.Helper()
	if r.Client.ID == signed.ID || r.Client.ID == second.ID || r.Client.ID == pusher.ID {
		return signedPost(t, p, "/oauth/par", r.Client, r.Params)
	}
	return p.Post("/oauth/par", r.Client, r.Params)
}

// mustPush returns the request as its client sends it to the browser.
func mustPush(t testing.TB, p *apptest.Provider, r apptest.Request) apptest.Request {
	t.Helper()
	reply := push(t, p, r)
	if reply.Status != http.StatusCreated || !strings.HasPrefix(reply.Text("request_uri"), requestURIPrefix) || reply.JSON["expires_in"] != 60.0 {
		t.Fatalf("push: %s", reply)
	}
	out := r
	out.Params = url.Values{"client_id": {r.Client.ID}, "request_uri": {reply.Text("request_uri")}}
	return out
}

// A pushed request leads to tokens, with or without a page, for each kind of
// client (RFC 9126). The parameters are the pushed ones, whatever else is sent.
func TestPushedRequest(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for _, c := range []apptest.Client{apptest.Web, apptest.Spa, pusher} {
			b := p.Browser()
			for _, email := range []string{ada, ada} { // the second time, single sign-on
				r := apptest.NewRequest(c)
				a := b.SignIn(mustPush(t, p, r).With("state", "another", "scope", "email", "redirect_uri", "https://evil.example"), email)
				if a.State() != r.Params.Get("state") || a.To != c.Redirect || a.Params.Get("iss") != p.URL {
					t.Fatalf("%s: the answer is %s", c.ID, a)
				}
				form := r.CodeForm(a.Code())
				if c.ID == pusher.ID {
					granted(t, c.ID, signedPost(t, p, "/oauth/token", c, form))
				} else {
					granted(t, c.ID, p.Post("/oauth/token", c, form))
				}
			}
		}
	}, signedClients())
}

// Opening it changes nothing; the code is what uses it up.
func TestPushedRequestWorksOnce(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b, r := p.Browser(), mustPush(t, p, apptest.NewRequest(apptest.Web))
		b.Authorize(r) // and reload
		first, second := b.Authorize(r), p.Browser().Authorize(r)
		if a := b.Finish(first, ada, func(wait *apptest.Page, m apptest.Mail) *apptest.Page { return b.EnterCode(wait, m.Code) }); a.Code() == "" {
			t.Fatalf("no code: %s", a)
		}
		for what, browser := range map[string]*apptest.Browser{"here": b, "elsewhere": p.Browser()} {
			if a := browser.Authorize(r).MustAnswer(); a.Fault() != "invalid_request_uri" || a.Code() != "" || a.To != apptest.Web.Redirect {
				t.Errorf("used again %s: %s", what, a)
			}
		}
		other := p.Browser()
		page := other.Authorize(mustPush(t, p, apptest.NewRequest(apptest.Web)))
		if !page.HasForm("/login") || !second.HasForm("/login") {
			t.Fatalf("a new one: %s", page)
		}
	})
}

// Two browsers that are both past the first look get one code between them.
func TestPushedRequestHasOneWinner(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		r := mustPush(t, p, apptest.NewRequest(apptest.Always))
		pages := map[*apptest.Browser]*apptest.Page{}
		for range 2 {
			b := p.Browser()
			b.SignInHere(ada)
			pages[b] = b.Authorize(r)
		}
		codes := 0
		for b, page := range pages {
			switch a := b.Submit(page.Form("/login/consent"), "allow").MustAnswer(); {
			case a.Code() != "":
				codes++
			case a.Fault() != "invalid_request_uri":
				t.Errorf("the loser gets %s", a)
			}
		}
		if codes != 1 {
			t.Errorf("%d codes from one pushed request", codes)
		}
	})
}

func TestPushedRequestExpires(t *testing.T) {
	p := one(t)
	b, r := p.Browser(), mustPush(t, p, apptest.NewRequest(apptest.Web).With("response_mode", "form_post"))
	p.Clock.Advance(59 * time.Second)
	page := b.Authorize(r)
	if !page.HasForm("/login") {
		t.Fatalf("a second before its end: %s", page)
	}
	p.Clock.Advance(2 * time.Second)
	if a := b.Authorize(r).MustAnswer(); a.Fault() != "invalid_request_uri" || !a.Posted {
		t.Errorf("a second after its end: %s", a)
	}
	// Who began in time has the time of any sign-in.
	p.Clock.Advance(5 * time.Minute)
	if a := b.Finish(page, ada, func(wait *apptest.Page, m apptest.Mail) *apptest.Page { return b.EnterCode(wait, m.Code) }); a.Code() == "" {
		t.Errorf("began in time: %s", a)
	}
}

// Whatever is not a request of this client is a page: nobody is sent anywhere.
func TestForeignRequestURIs(t *testing.T) {
	p := one(t, signedClients())
	good := mustPush(t, p, apptest.NewRequest(apptest.Web))
	uri := good.Params.Get("request_uri")
	for what, r := range map[string]apptest.Request{
		"of another client": good.With("client_id", "other"), "without a client": good.Without("client_id"), "of nobody": good.With("client_id", "nobody"),
		"empty": good.With("request_uri", requestURIPrefix), "shortened": good.With("request_uri", uri[:len(uri)-1]), "longer": good.With("request_uri", uri+"A"),
		"made up": good.With("request_uri", requestURIPrefix+"6esc_11ACC5bwc014ltc14eY22c"), "upper case": good.With("request_uri", strings.ToUpper(uri)),
	} {
		page := p.Browser().Get(r.Path())
		if a, ok := page.Answer(); ok || page.Status != http.StatusBadRequest {
			t.Errorf("%s: %s %s", what, page, a)
		}
	}
	flow := p.Browser().Authorize(apptest.NewRequest(apptest.Web)).URL.Query().Get("flow")
	if page := p.Browser().Get(good.With("request_uri", requestURIPrefix+flow).Path()); page.Status != http.StatusBadRequest {
		t.Errorf("a flow of the pages as a pushed request: %s", page)
	}
	r := apptest.NewRequest(apptest.Web).With("request_uri", "https://web.example.com/request.jwt")
	if a := p.Browser().Get(r.Path()).MustAnswer(); a.Fault() != "request_uri_not_supported" {
		t.Errorf("a request_uri elsewhere: %s", a)
	}
}

// All that the authorization endpoint refuses is refused here, as JSON.
func TestPushRefusals(t *testing.T) {
	p := one(t, signedClients())
	r := apptest.NewRequest(apptest.Web)
	for what, c := range map[string]struct {
		request apptest.Request
		fault   string
	}{
		"a foreign redirect":   {r.With("redirect_uri", "https://evil.example"), "invalid_request"},
		"no redirect":          {r.Without("redirect_uri"), "invalid_request"},
		"no PKCE":              {r.WithoutPKCE(), "invalid_request"},
		"plain PKCE":           {r.With("code_challenge_method", "plain"), "invalid_request"},
		"no response_type":     {r.Without("response_type"), "invalid_request"},
		"token":                {r.With("response_type", "token"), "unsupported_response_type"},
		"code id_token":        {r.With("response_type", "code id_token"), "unsupported_response_type"},
		"no scope":             {r.With("scope", "nothing"), "invalid_scope"},
		"a request_uri":        {r.With("request_uri", requestURIPrefix+"x"), "invalid_request"},
		"an empty request_uri": {r.With("request_uri", ""), "invalid_request"},
		"a request object":     {r.With("request", "e30.e30."), "request_not_supported"},
		"another mode":         {r.With("response_mode", "fragment"), "invalid_request"},
		"a long state":         {r.With("state", strings.Repeat("s", 5000)), "invalid_request"},
	} {
		refused(t, what, push(t, p, c.request), http.StatusBadRequest, c.fault)
	}
	refused(t, "a wrong secret", p.Post("/oauth/par", apptest.Client{ID: "web", Secret: "x"}, r.Params), http.StatusUnauthorized, "invalid_client")
	refused(t, "no assertion", p.Post("/oauth/par", signed, apptest.NewRequest(signed).Params), http.StatusUnauthorized, "invalid_client")
	refused(t, "another client's name", p.Post("/oauth/par", apptest.Web, apptest.NewRequest(apptest.Other).Params), http.StatusBadRequest, "invalid_request")
	if reply := p.Get("/oauth/par", ""); reply.Status != http.StatusMethodNotAllowed {
		t.Errorf("GET: %s", reply)
	}
}

// Long values work or are refused; none is cut.
func TestLongValues(t *testing.T) {
	p := one(t, signedClients())
	for _, n := range []int{64, 384, 512} {
		nonce, state := strings.Repeat("n", n), strings.Repeat("s", 4*n)
		r := apptest.NewRequest(apptest.Web).With("nonce", nonce, "state", state)
		a := p.Browser().SignIn(mustPush(t, p, r), ada)
		tokens := p.Redeem(r, a.Code())
		granted(t, "long values", tokens)
		if a.State() != state || apptest.Claims(t, tokens.ID())["nonce"] != nonce {
			t.Errorf("%d characters did not come back", n)
		}
	}
}

// A client that must push is refused without, in the mode that it asked for.
func TestRequirePAR(t *testing.T) {
	p := one(t, signedClients())
	r := apptest.NewRequest(pusher)
	if a := p.Browser().Authorize(r).MustAnswer(); a.Fault() != "invalid_request" || a.State() != r.Params.Get("state") {
		t.Errorf("not pushed: %s", a)
	}
	object := appKeys()["EdDSA"].jws(t, nil, objectClaims(p, r))
	if a := p.Browser().Authorize(r.With("request", object)).MustAnswer(); a.Fault() != "invalid_request" {
		t.Errorf("signed and not pushed: %s", a)
	}
}
