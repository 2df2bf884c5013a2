package oidc_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/testdb"
)

const agentCallback = "https://agent.example.com/callback"

// eachDescribed runs test on each database with an application that describes
// itself and a provider that lets it.
func eachDescribed(t *testing.T, redirect string, more map[string]any, test func(t *testing.T, p *apptest.Provider, d *apptest.Described), opts ...apptest.Option) {
	t.Helper()
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, url string) {
		d := apptest.NewDescribed(t, redirect, more)
		test(t, apptest.New(t, url, append(opts, d.Allowed())...), d)
	})
}

// An application in no table does all that a declared one does.
func TestDescribedClientLives(t *testing.T) {
	eachDescribed(t, agentCallback, nil, func(t *testing.T, p *apptest.Provider, d *apptest.Described) {
		b := p.Browser()
		r := apptest.Offline(d.Client).With("resource", apptest.Tools)
		tokens := b.Tokens(r, ada)
		granted(t, "first", tokens)
		if claims := apptest.Claims(t, tokens.ID()); claims["aud"] == nil || !strings.Contains(tokens.ID(), ".") {
			t.Errorf("ID token %v", claims)
		}
		p.Clock.Advance(time.Minute)
		next := p.Refresh(d.Client, tokens.Refresh(), "")
		granted(t, "refresh", next)
		if next.Refresh() == tokens.Refresh() {
			t.Error("a client without a secret keeps its refresh token")
		}
		// Where people see it, and take it back.
		silent := b.Tokens(apptest.NewRequest(d.Client).Without("scope"), ada)
		if silent.Text("scope") != "openid" {
			t.Errorf("without a scope: %s", silent)
		}
		page := b.Open("/account")
		if !strings.Contains(page.Text(), "Agent") {
			t.Errorf("the account page does not show it: %s", page)
		}
		link := page.Attr(disconnectID(page), "href")
		b.Submit(b.Open(link).Form(link))
		dead(t, "disconnected", p, d.Client, next.Access())
		refused(t, "disconnected", p.Refresh(d.Client, next.Refresh(), ""), http.StatusBadRequest, "invalid_grant")

		p.Clock.Advance(time.Minute)
		again := b.Tokens(r, ada)
		if reply := p.Revoke(d.Client, again.Refresh()); reply.Status != http.StatusOK {
			t.Errorf("revoke: %s", reply)
		}
		dead(t, "revoked", p, d.Client, again.Access())
		if n := d.Fetches.Load(); n != 1 {
			t.Errorf("the document was fetched %d times, want 1", n)
		}
	})
}

func disconnectID(page *apptest.Page) (id string) {
	page.Elements(func(_ string, attrs map[string]string) bool {
		if strings.HasPrefix(attrs["id"], "disconnect-") {
			id = attrs["id"]
		}
		return id == ""
	})
	return id
}

// People are asked each time, and see who vouches for the application.
func TestDescribedClientIsAlwaysAskedAbout(t *testing.T) {
	eachDescribed(t, agentCallback, nil, func(t *testing.T, p *apptest.Provider, d *apptest.Described) {
		b := p.Browser()
		b.SignIn(apptest.NewRequest(apptest.Web), ada)
		for range 2 {
			p.Clock.Advance(time.Second)
			page := b.Authorize(apptest.NewRequest(d.Client))
			if got := asks(page); got != "/login/consent" {
				t.Fatalf("%s, want the consent page", got)
			}
			for id, want := range map[string]string{"client-host": d.Host, "redirect-host": "agent.example.com"} {
				if got, _ := page.ByID(id); got != want {
					t.Errorf("%s is %q, want %q", id, got, want)
				}
			}
			if _, warned := page.ByID("on-this-device"); warned {
				t.Error("warned of this device")
			}
			if a := b.Submit(page.Form("/login/consent"), "allow").MustAnswer(); a.Code() == "" {
				t.Errorf("after a yes: %s", a)
			}
		}
		p.Clock.Advance(time.Second)
		if got := asks(b.Authorize(apptest.NewRequest(d.Client).With("prompt", "none"))); got != "consent_required" {
			t.Errorf("silently: %s", got)
		}
	})
}

// Any program on a machine can take what is sent to its loopback address.
func TestDescribedClientOnThisDevice(t *testing.T) {
	eachDescribed(t, "http://127.0.0.1/callback", nil, func(t *testing.T, p *apptest.Provider, d *apptest.Described) {
		b := p.Browser()
		b.SignIn(apptest.NewRequest(apptest.Web), ada)
		d.Redirect = "http://127.0.0.1:45678/callback" // any port
		page := b.Authorize(apptest.NewRequest(d.Client))
		if _, warned := page.ByID("on-this-device"); !warned {
			t.Errorf("nobody warns: %s", page)
		}
		if a := b.Submit(page.Form("/login/consent"), "allow").MustAnswer(); a.Code() == "" || a.To != d.Redirect {
			t.Errorf("%s", a)
		}
	})
}

func TestDescribedClientIsHeldToItsDocument(t *testing.T) {
	eachDescribed(t, agentCallback, nil, func(t *testing.T, p *apptest.Provider, d *apptest.Described) {
		for _, uri := range []string{"https://agent.example.com/other", "https://evil.example.com/callback", ""} {
			if page := p.Browser().Authorize(apptest.NewRequest(d.Client).With("redirect_uri", uri)); page.Status != http.StatusBadRequest || page.Location() != "" {
				t.Errorf("redirect_uri %q: %s", uri, page)
			}
		}
		r := apptest.NewRequest(d.Client).WithoutPKCE()
		if a, ok := p.Browser().Authorize(r).Answer(); ok && a.Code() != "" {
			t.Error("a code without PKCE")
		}
		reply := p.Post("/oauth/token", apptest.Client{ID: d.ID, Secret: "x"}, r.CodeForm("x"))
		refused(t, "with a secret", reply, http.StatusUnauthorized, "invalid_client")

		// A document that changes takes effect when it is read again.
		d.Redirect = "https://agent.example.com/new"
		d.Says(nil)
		if page := p.Browser().Authorize(apptest.NewRequest(d.Client)); page.Status != http.StatusBadRequest {
			t.Errorf("before the document is read again: %s", page)
		}
		p.Clock.Advance(16 * time.Minute)
		if page := p.Browser().Authorize(apptest.NewRequest(d.Client)); asks(page) != "/login" {
			t.Errorf("after: %s", page)
		}
	})
}

// A server that is silent for a while ends nobody's work; a document that is gone
// does.
func TestDescribedClientWhoseServerIsSilent(t *testing.T) {
	eachDescribed(t, agentCallback, nil, func(t *testing.T, p *apptest.Provider, d *apptest.Described) {
		tokens := p.Browser().Tokens(apptest.Offline(d.Client), ada)
		d.Answers(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
		p.Clock.Advance(20 * time.Minute)
		tokens = p.Refresh(d.Client, tokens.Refresh(), "")
		granted(t, "while the server is silent", tokens)
		p.Clock.Advance(25 * time.Hour)
		refused(t, "for too long", p.Refresh(d.Client, tokens.Refresh(), ""), http.StatusServiceUnavailable, "temporarily_unavailable")
		d.Says(nil)
		p.Clock.Advance(time.Minute)
		tokens = p.Refresh(d.Client, tokens.Refresh(), "")
		granted(t, "the server is back", tokens)
		d.Answers(http.NotFound)
		p.Clock.Advance(20 * time.Minute)
		refused(t, "the document is gone", p.Refresh(d.Client, tokens.Refresh(), ""), http.StatusUnauthorized, "invalid_client")
	}, apptest.Faulty())
}

// Faults of an application's document are told to its owner, on the page.
func TestDescribedClientThatIsRefused(t *testing.T) {
	eachDescribed(t, agentCallback, map[string]any{"client_id": "https://other.example.com/"}, func(t *testing.T, p *apptest.Provider, d *apptest.Described) {
		for range 3 {
			page := p.Browser().Authorize(apptest.NewRequest(d.Client))
			if page.Status != http.StatusBadRequest || !strings.Contains(page.Text(), "must be its own address") || page.Location() != "" {
				t.Errorf("%s", page)
			}
		}
		if n := d.Fetches.Load(); n != 1 {
			t.Errorf("a bad document was fetched %d times, want 1", n)
		}
		d.Says(nil)
		p.Clock.Advance(2 * time.Minute)
		if page := p.Browser().Authorize(apptest.NewRequest(d.Client)); asks(page) != "/login" {
			t.Errorf("after it was put right: %s", page)
		}
	})
}

// The mail is ours; what a stranger calls itself does not stand in it.
func TestDescribedClientIsNotInMails(t *testing.T) {
	eachDescribed(t, agentCallback, map[string]any{"client_name": "You won a prize"}, func(t *testing.T, p *apptest.Provider, d *apptest.Described) {
		b := p.Browser()
		_, mail := b.Ask(b.Authorize(apptest.NewRequest(d.Client)), ada)
		if strings.Contains(mail.Subject+mail.Text, "prize") {
			t.Errorf("the mail says %q %q", mail.Subject, mail.Text)
		}
	})
}

func TestDescribedClientsAreOffByDefault(t *testing.T) {
	t.Parallel()
	d := apptest.NewDescribed(t, agentCallback, nil)
	off := apptest.New(t, testdb.URL(t, "sqlite"), d.Allowed(), apptest.Configure(func(c *config.Config) { c.ClientsByMetadata.Enabled = false }))
	if page := off.Browser().Authorize(apptest.NewRequest(d.Client)); page.Status != http.StatusBadRequest {
		t.Errorf("%s", page)
	}
	doc := off.Get(pathOAuth, "").JSON
	if _, found := doc["client_id_metadata_document_supported"]; found || doc["registration_endpoint"] != nil {
		t.Error("discovery names what is off")
	}
	refused(t, "token", off.Post("/oauth/token", d.Client, apptest.NewRequest(d.Client).CodeForm("x")), http.StatusUnauthorized, "invalid_client")
	if n := d.Fetches.Load(); n != 0 {
		t.Errorf("%d fetches", n)
	}
	on := apptest.New(t, testdb.URL(t, "sqlite"), d.Allowed())
	doc = on.Get(pathOAuth, "").JSON
	if doc["client_id_metadata_document_supported"] != true || !strings.Contains(on.Get(pathOAuth, "").Body, `"token_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post","private_key_jwt","none"]`) {
		t.Errorf("discovery: %v", doc)
	}
}

// The end of a session reads the document as its beginning does: this process may have
// forgotten it, as here, where it was gone for a while, or never have seen it.
func TestDescribedClientSignsOutWhereItIsNotRemembered(t *testing.T) {
	bye := map[string]any{"post_logout_redirect_uris": []string{"https://agent.example.com/bye"}}
	eachDescribed(t, agentCallback, bye, func(t *testing.T, p *apptest.Provider, d *apptest.Described) {
		forget := func() {
			d.Answers(http.NotFound)
			p.Clock.Advance(20 * time.Minute)
			if page := p.Browser().Authorize(apptest.NewRequest(d.Client)); page.Status != http.StatusBadRequest && page.Status != http.StatusServiceUnavailable {
				t.Fatalf("the document is gone: %s", page)
			}
			d.Says(bye)
			p.Clock.Advance(2 * time.Minute)
		}
		b := p.Browser()
		hint := b.Tokens(apptest.NewRequest(d.Client), ada).ID()
		b.SignIn(apptest.NewRequest(apptest.Web), ada)
		params := []string{"post_logout_redirect_uri", "https://agent.example.com/bye", "state", "s"}
		forget()
		if page := b.Open(endSession(append(params, "client_id", d.ID)...)); page.Status != http.StatusOK || page.Attr("logout-form", "data-auto") != "" {
			t.Errorf("by its client_id: %s, want a question", page)
		}
		forget()
		page := b.Open(endSession(append(params, "id_token_hint", hint)...))
		if page.Status != http.StatusOK {
			t.Fatalf("by an ID token: %s", page)
		}
		if end := confirmed(t, b, page, true); end.Location() != "https://agent.example.com/bye?state=s" {
			t.Errorf("goes to %s", end)
		}
		d.Answers(http.NotFound)
		p.Clock.Advance(20 * time.Minute)
		if page := b.Open(endSession(append(params, "client_id", d.ID)...)); page.Location() != "" || page.Status != http.StatusServiceUnavailable || !strings.Contains(page.Body, `href="/end_session"`) {
			t.Errorf("the document is gone: %s, want a page from which to sign out here", page)
		}
	}, apptest.Faulty())
}
