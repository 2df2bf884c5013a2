package audit_test

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/audit"
	"idp/internal/config"
	"idp/internal/testdb"
)

// Who asked for a mail, when and from where is in the audit log, whether anybody
// signs in or not: of somebody who is known, of a stranger, of one whose address gets
// no mail, and of a program. The log is searched by the address and does not hold it.
func TestAskingIsTold(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, database string) {
		p := apptest.New(t, database, apptest.Configure(func(c *config.Config) {
			c.Signup.Mode, c.Signup.Domains = "allowlist", []string{"example.com"}
		}))
		o := &observed{p, t, map[string]bool{}}
		p.Browser().SignInHere(ada)
		o.fresh()
		for what, ask := range map[string]func(email string){
			"page": func(email string) {
				b := p.Browser()
				b.Open("/login")
				b.Post("/login", url.Values{"email": {email}})
			},
			"program": func(email string) { p.JSON("/v1/auth/magic-link/send", apptest.Phone, "email", email) },
		} {
			for _, email := range []string{ada, "nobody@example.com", "nobody@elsewhere.test"} {
				p.Clock.Advance(time.Minute)
				at := p.Clock.Now()
				ask(email)
				events := o.fresh()
				if len(events) != 1 {
					t.Fatalf("%s, %s: %v", what, email, events)
				}
				e := events[0]
				if e.Name != audit.LoginAsked || e.Result != "ok" || e.Actor != audit.Unknown || e.IP != "127.0.0.1" || len(e.RequestID) != 12 {
					t.Errorf("%s, %s: %+v", what, email, e)
				}
				if late := e.At.Sub(at); late < 0 || late > 10*time.Second {
					t.Errorf("%s, %s: told %v after it", what, email, late)
				}
				if want := map[string]string{"page": "", "program": "phone"}[what]; e.Client != want || (e.Email == ada) != (email == ada) {
					t.Errorf("%s, %s: %+v", what, email, e)
				}
				ref := p.App.Sealer.Keys.AddressRef(email)
				found, err := p.App.Store.Events(t.Context(), audit.Query{AddressRef: ref, Limit: 100})
				if err != nil || !slices.ContainsFunc(found, func(f audit.Seen) bool { return f.ID == e.ID }) {
					t.Errorf("%s, %s: not found by the address: %v, %v", what, email, found, err)
				}
			}
		}
	})
}

// Deleting a person takes what they asked for, also what was not written down yet.
func TestAskingIsForgotten(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, database string) {
		p := apptest.New(t, database)
		o := &observed{p, t, map[string]bool{}}
		b := p.Browser()
		b.SignInHere(ada)
		o.fresh()
		asking := p.Browser()
		asking.Ask(asking.Open("/login"), ada)
		ref := p.App.Sealer.Keys.AddressRef(ada)
		person, err := p.App.Store.Account(t.Context(), ada)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.App.Store.DeleteUser(t.Context(), person.ID, ref, p.Clock.Now()); err != nil {
			t.Fatal(err)
		}
		for _, e := range o.fresh() { // the job may have been quicker than the deletion
			if e.Name == audit.LoginAsked && e.IP+e.AddressRef != "" {
				t.Errorf("told after the deletion: %+v", e)
			}
		}
		if found, err := p.App.Store.Events(t.Context(), audit.Query{AddressRef: ref, Limit: 100}); err != nil || len(found) > 0 {
			t.Errorf("the address is still found: %v, %v", found, err)
		}
	})
}

// Asking for another mail is told too.
func TestAskingAgainIsTold(t *testing.T) {
	t.Parallel()
	p := apptest.New(t, testdb.URL(t, "sqlite"))
	o := &observed{p, t, map[string]bool{}}
	b := p.Browser()
	wait, _ := b.Ask(b.Open("/login"), ada)
	p.Clock.Advance(time.Minute)
	o.fresh()
	b.Submit(b.Open(wait.URL.Path).Form(wait.URL.Path + "/resend"))
	if got := o.told(); !slices.Equal(got, []string{"login.asked again"}) {
		t.Errorf("told %v", got)
	}
}
