package audit_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/audit"
	"idp/internal/config"
	"idp/internal/testdb"
)

const ada = "ada@example.com"

// observed is a provider whose audit log is read.
type observed struct {
	*apptest.Provider
	t    *testing.T
	seen map[string]bool
}

// told returns what happened since the last time, as "name result", sorted.
func (o *observed) told() (out []string) {
	o.t.Helper()
	for _, e := range o.fresh() {
		out = append(out, string(e.Name)+" "+e.Result)
	}
	slices.Sort(out)
	return out
}

func (o *observed) fresh() (out []audit.Seen) {
	o.t.Helper()
	ctx := context.Background()
	if err := o.App.WriteAudit(ctx); err != nil {
		o.t.Fatal(err)
	}
	all, err := o.App.Store.Events(ctx, audit.Query{Limit: 1000})
	if err != nil {
		o.t.Fatal(err)
	}
	for _, e := range all {
		if e.Seq == 0 {
			o.t.Errorf("%s is not sealed", e.Name)
		}
		if !o.seen[e.ID] {
			o.seen[e.ID] = true
			out = append(out, e)
		}
	}
	return out
}

func wrongFor(code string) string {
	if code == "000000" {
		return "000001"
	}
	return "000000"
}

// Every flow leaves its events, and no more.
func TestFlowsAreTold(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, database string) {
		p := apptest.New(t, database, apptest.Configure(func(c *config.Config) { c.Login.Notices = false }))
		o := &observed{p, t, map[string]bool{}}
		if names := o.told(); !slices.Contains(names, "client.added declared") {
			t.Errorf("the start told %v", names)
		}
		b := p.Browser()
		var code string
		var tokens apptest.Reply
		r := apptest.Offline(apptest.Web)
		for _, step := range []struct {
			what string
			do   func()
			want string
		}{
			{"a sign-in by code", func() { code = b.SignIn(r, ada).Code() }, "login.asked ok, login.completed ok"},
			{"its code", func() { tokens = p.Redeem(r, code) }, "grant.given ok"},
			{"a refresh", func() { tokens = p.Refresh(apptest.Web, tokens.Refresh(), "") }, ""},
			{"its code again", func() { p.Redeem(r, code) }, "grant.replayed code_used_twice"},
			{"single sign-on", func() { tokens = b.Tokens(r, ada) }, "grant.given ok"},
			{"a revocation", func() { p.Revoke(apptest.Web, tokens.Refresh()) }, "grant.revoked revoked_by_the_client"},
			{"a wrong secret", func() {
				p.Redeem(apptest.Request{Client: apptest.Client{ID: "web", Secret: "x"}, Params: r.Params}, code)
			}, "client.refused invalid_client"},
			{"a consent", func() { b.SignIn(apptest.NewRequest(apptest.Once), ada) }, "consent.given ok"},
			{"a sign-in by link", func() { p.Browser().SignInByLink(apptest.NewRequest(apptest.Web), "bob@example.com") }, "login.asked ok, login.completed ok"},
			{"a link elsewhere", func() {
				asking := p.Browser()
				_, mail := asking.Ask(asking.Authorize(r), ada)
				p.Clock.Advance(time.Minute)
				p.Browser().PressLink(mail.Link)
			}, "login.asked ok, login.completed ok"},
			{"wrong codes", func() {
				asking := p.Browser()
				wait, mail := asking.Ask(asking.Authorize(r), ada)
				for range 2 {
					asking.EnterCode(wait, wrongFor(mail.Code))
				}
			}, "login.asked ok, login.refused code_wrong"},
			{"not me", func() {
				asking := p.Browser()
				_, mail := asking.Ask(asking.Authorize(r), ada)
				p.Clock.Advance(time.Minute)
				reader := p.Browser()
				page := reader.Open(mail.NotMe)
				reader.Submit(page.Form(page.URL.Path))
			}, "login.asked ok, login.disowned ok"},
			{"the end of other sessions", func() { b.Submit(b.Open("/account/sessions/end-others").Form("/account/sessions/end-others")) }, "session.all_ended ok"},
			{"a sign-out", func() { b.Submit(b.Open("/account").Form("/logout")) }, "session.ended signed_out"},
		} {
			p.Clock.Advance(time.Second)
			step.do()
			if got := strings.Join(o.told(), ", "); got != step.want {
				t.Errorf("%s told %q, want %q", step.what, got, step.want)
			}
		}
		ring, err := apptest.Keyring()
		if err != nil {
			t.Fatal(err)
		}
		keys, err := audit.LoadKeys(context.Background(), p.App.Store, ring)
		if err != nil {
			t.Fatal(err)
		}
		if report, err := audit.Verify(context.Background(), p.App.Store, keys); err != nil || len(report.Faults) > 0 || report.Waiting > 0 || report.Events < 15 {
			t.Errorf("%+v, %v", report, err)
		}
	})
}

// An event says who, about whom, where and from where, and nothing that opens
// anything or names a mailbox.
func TestEventsSayWhoAndNothingSecret(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, database string) {
		p := apptest.New(t, database)
		o := &observed{p, t, map[string]bool{}}
		o.fresh()
		b, r := p.Browser(), apptest.Offline(apptest.Web)
		page := b.Authorize(r)
		wait, mail := b.Ask(page, ada)
		b.EnterCode(wait, wrongFor(mail.Code))
		a := b.Finish(b.EnterCode(wait, mail.Code), ada, nil)
		tokens := p.Redeem(r, a.Code())
		session := b.Cookie(apptest.SessionCookie)
		events := o.fresh()
		for _, e := range events {
			if e.Name != audit.LoginAsked && e.Name != audit.LoginCompleted && e.Name != audit.GrantGiven && e.Name != audit.LoginRefused {
				t.Errorf("unexpected %+v", e)
			}
			if e.Email != ada && e.Name != audit.LoginRefused || e.Client != "web" || e.IP != "127.0.0.1" || len(e.RequestID) != 12 {
				t.Errorf("%+v", e)
			}
			if e.Name == audit.LoginCompleted && !strings.Contains(e.Detail, `"first":true`) {
				t.Errorf("a new account is told as %s", e.Detail)
			}
			text := strings.Join([]string{e.Actor, e.Subject, e.Result, e.Detail, e.AddressRef, e.PersonalMAC, e.Hash, e.RequestID}, " ")
			for _, secret := range []string{mail.Code, mail.Link[len(mail.Link)-32:], a.Code(), tokens.Access(), tokens.Refresh(), session, ada, "ada"} {
				if strings.Contains(text, secret) {
					t.Errorf("%s has %q: %s", e.Name, secret, text)
				}
			}
		}
		if len(events) != 4 {
			t.Errorf("%d events", len(events))
		}
	})
}

// Reaching a limit is told once, with its name.
func TestLimitsAreTold(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, database string) {
		p := apptest.New(t, database, apptest.ProductLimits())
		o := &observed{p, t, map[string]bool{}}
		b := p.Browser()
		for range 8 {
			b.Post("/login", url.Values{"flow": {b.Authorize(apptest.NewRequest(apptest.Web)).Form("/login").Values.Get("flow")}, "email": {ada}})
		}
		var limits []string
		for _, name := range o.told() {
			if strings.HasPrefix(name, "limit.hit") {
				limits = append(limits, name)
			}
		}
		if len(limits) != 1 {
			t.Errorf("told %v", limits)
		}
	})
}
