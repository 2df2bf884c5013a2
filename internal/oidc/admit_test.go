package oidc_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/idp"
)

const eve = "eve@elsewhere.test"

// Whom a client does not admit sees a page that says so, with both ways on; and
// nothing silent goes around it.
func TestNotAdmitted(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		b.SignIn(apptest.NewRequest(apptest.Web), eve)
		r := apptest.NewRequest(apptest.Club)
		page := b.Authorize(r)
		if page.Status != http.StatusForbidden || !page.HasForm("/login/denied") || !strings.Contains(page.Text(), eve) || !strings.Contains(page.Text(), "Club") {
			t.Fatalf("%s: %s", page, page.Text())
		}
		if a := b.Authorize(r.With("prompt", "none")).MustAnswer(); a.Fault() != "access_denied" || a.State() != r.Params.Get("state") {
			t.Errorf("silently: %v", a)
		}
		if a := b.Submit(page.Form("/login/denied"), "back").MustAnswer(); a.Fault() != "access_denied" || a.State() != r.Params.Get("state") || a.To != apptest.Club.Redirect {
			t.Errorf("back: %v", a)
		}
		// With another address it goes on.
		other := b.Open(page.Attr("other", "href"))
		wait, mail := b.Ask(other, bob)
		if a := b.EnterCode(wait, mail.Code).MustAnswer(); a.Code() == "" {
			t.Errorf("as somebody else: %v", a)
		}
		// Who is admitted by now is not kept.
		if a := b.Follow(b.Get(page.URL.RequestURI())).MustAnswer(); a.Code() == "" {
			t.Errorf("the page for bob: %v", a)
		}
	})
}

func TestAdmitted(t *testing.T) {
	p := one(t)
	for email, want := range map[string]bool{
		ada: true, bob: true, "x@club.example.com": true, "x@staff.example.com": true,
		"x@sub.club.example.com": false, "club.example.com@elsewhere.test": false, "bob@example.com.test": false,
	} {
		b := p.Browser()
		b.SignIn(apptest.NewRequest(apptest.Web), email)
		if _, ok := b.Authorize(apptest.NewRequest(apptest.Club)).Answer(); ok != want {
			t.Errorf("%s: admitted %v", email, ok)
		}
	}
}

// Who may use a client is asked again where tokens are given (Dex let a token
// exchange pass by it, GHSA-7qjx-gp9h-65qj).
func TestAdmittedIsAskedAgain(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b, r := p.Browser(), apptest.Offline(apptest.Club)
		tokens := b.Tokens(r, bob)
		code := b.Get(r.Path()).MustAnswer().Code()
		change(t, p, apptest.Club.ID, func(c *idp.Client) { c.Allow = &idp.Members{Emails: []string{ada}} })
		refused(t, "refresh", p.Refresh(apptest.Club, tokens.Refresh(), ""), 400, "invalid_grant")
		if about := p.Introspect(apptest.Club, tokens.Refresh()); about.Body != `{"active":false}` {
			t.Errorf("introspection of what is refused: %s", about)
		}
		refused(t, "code", p.Redeem(r, code), 400, "invalid_grant")
		change(t, p, apptest.Club.ID, func(c *idp.Client) { c.Allow = nil })
		granted(t, "refresh when everybody may", p.Refresh(apptest.Club, tokens.Refresh(), ""))
	})
}

// change changes a registered client while the provider runs.
func change(t *testing.T, p *apptest.Provider, id string, how func(*idp.Client)) {
	t.Helper()
	ctx := context.Background()
	c := *p.App.Clients.Client(id)
	how(&c)
	err := p.App.Store.ApplyClients(ctx, idp.ClientPlan{Change: []idp.Client{c}}, p.Clock.Now())
	if err == nil {
		err = p.App.Clients.Reload(ctx)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestGroups(t *testing.T) {
	p := one(t)
	r := apptest.NewRequest(apptest.Club)
	for email, want := range map[string][]any{ada: {"board", "staff"}, "x@staff.example.com": {"staff"}, bob: {}} {
		tokens := p.Browser().Tokens(r.With("scope", "openid groups"), email)
		if got := apptest.Claims(t, tokens.ID())["groups"]; !same(got, want) {
			t.Errorf("%s: ID token says %v, want %v", email, got, want)
		}
		if got := p.Get("/userinfo", tokens.Access()).JSON["groups"]; !same(got, want) {
			t.Errorf("%s: userinfo says %v, want %v", email, got, want)
		}
	}
	tokens := p.Browser().Tokens(r, ada)
	if got, found := apptest.Claims(t, tokens.ID())["groups"]; found {
		t.Errorf("without the scope: %v", got)
	}
	doc := p.Get(pathOpenID, "").JSON
	if !contains(doc["scopes_supported"], "groups") || !contains(doc["claims_supported"], "groups") {
		t.Errorf("%v", doc)
	}
	change(t, p, apptest.Club.ID, func(c *idp.Client) { c.Scopes = []string{"openid"} })
	if doc := p.Get(pathOpenID, "").JSON; contains(doc["scopes_supported"], "groups") || contains(doc["claims_supported"], "groups") {
		t.Errorf("nobody may have groups: %v", doc)
	}
}

func contains(list any, value string) bool {
	values, _ := list.([]any)
	for _, v := range values {
		if v == value {
			return true
		}
	}
	return false
}

// A client may want fresher sign-ins than others.
func TestMaxSessionAge(t *testing.T) {
	p := one(t)
	b := p.Browser()
	b.SignIn(apptest.NewRequest(apptest.Web), ada)
	p.Clock.Advance(59 * time.Minute)
	r := apptest.NewRequest(apptest.Strict)
	if a := b.Authorize(r).MustAnswer(); a.Code() == "" {
		t.Errorf("after 59 minutes: %v", a)
	}
	p.Clock.Advance(2 * time.Minute)
	if a := b.Authorize(r.With("prompt", "none")).MustAnswer(); a.Fault() != "login_required" {
		t.Errorf("silently after 61 minutes: %v", a)
	}
	page := b.Authorize(r)
	if !page.HasForm("/login") {
		t.Fatalf("after 61 minutes: %s", page)
	}
	wait, mail := b.Ask(page, ada)
	if a := b.EnterCode(wait, mail.Code).MustAnswer(); a.Code() == "" {
		t.Errorf("after a new sign-in: %v", a)
	}
	if a := b.Authorize(apptest.NewRequest(apptest.Web)).MustAnswer(); a.Code() == "" {
		t.Errorf("another client: %v", a)
	}
}

// Whoever is not admitted when a code or device is redeemed leaves no grant behind.
func TestNotAdmittedIsNotConnected(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b, r := p.Browser(), apptest.Offline(apptest.Club)
		b.SignIn(apptest.NewRequest(apptest.Web), bob)
		user := b.Tokens(apptest.NewRequest(apptest.Web), bob).ID()
		id, _ := apptest.Claims(t, user)["sub"].(string)
		code := b.Authorize(r).MustAnswer().Code()
		device := wait(t, p, apptest.Console, "openid email")
		b.Submit(typed(b, device).Form("/device/connect"), "connect")
		for _, c := range []string{"club", "console"} {
			change(t, p, c, func(c *idp.Client) { c.Allow = &idp.Members{Emails: []string{ada}} })
		}
		refused(t, "code", p.Redeem(r, code), 400, "invalid_grant")
		refused(t, "device", poll(p, apptest.Console, device), 400, "invalid_grant")
		grants, err := p.App.Store.UserGrants(context.Background(), id, p.Clock.Now())
		if err != nil || len(grants) != 1 || grants[0].ClientID != "web" {
			t.Errorf("connected: %v, %v; want web alone", grants, err)
		}
	})
}
