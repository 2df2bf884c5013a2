package admin_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"idp/internal/admin"
	"idp/internal/apptest"
	"idp/internal/audit"
	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/testdb"
)

const (
	ada = "ada@example.com"
	bob = "bob@example.com"
	// carol is in no list of the configuration.
	carol = "carol@example.com"
)

// office is an administrator at work beside a running provider.
type office struct {
	*apptest.Provider
	*admin.Service
	t   *testing.T
	ctx context.Context
}

func each(t *testing.T, test func(t *testing.T, o *office), opts ...apptest.Option) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, url string) {
		p := apptest.New(t, url, opts...)
		ring, err := apptest.Keyring()
		if err != nil {
			t.Fatal(err)
		}
		keys, err := audit.LoadKeys(context.Background(), p.App.Store, ring)
		if err != nil {
			t.Fatal(err)
		}
		s := &admin.Service{Store: p.App.Store, Keys: keys, Now: p.Clock.Now, ParseAddress: magiclink.ParseAddress, MayInvite: func(string, string) error { return nil }}
		test(t, &office{p, s, t, admin.As(context.Background(), "root@host")})
	})
}

// told reports whether the newest event of a name is by the administrator, about
// the user, and returns it.
func (o *office) told(name audit.Name, userID string) audit.Seen {
	o.t.Helper()
	events, err := o.Service.Store.Events(o.ctx, audit.Query{Name: string(name), Limit: 1})
	if err != nil || len(events) != 1 || events[0].Actor != "admin:root@host" || events[0].Subject != userID {
		o.t.Fatalf("%s is told as %+v, %v", name, events, err)
	}
	return events[0]
}

func (o *office) verified() {
	o.t.Helper()
	r, err := o.Verify(o.ctx)
	if err != nil || len(r.Faults) > 0 || r.Waiting > 0 {
		o.t.Fatalf("the chain: %+v, %v", r, err)
	}
}

func TestDisabledIsOut(t *testing.T) {
	app := apptest.NewApplication(t, "told")
	each(t, func(t *testing.T, o *office) {
		b := o.Browser()
		tokens := b.Tokens(apptest.Offline(apptest.Web), ada)
		a, err := o.Disable(o.ctx, "Ada@Example.com")
		if err != nil || a.DisabledAt.IsZero() || a.Email != ada {
			t.Fatalf("%+v, %v", a, err)
		}
		o.told(audit.UserDisabled, a.ID)
		if r := o.Refresh(apptest.Web, tokens.Refresh(), ""); r.Fault() != "invalid_grant" {
			t.Errorf("a refresh: %s", r)
		}
		if b.Open("/account").URL.Path != "/login" {
			t.Error("the browser is still signed in")
		}
		if _, err := o.Disable(o.ctx, a.ID); !errors.Is(err, admin.ErrAlready) {
			t.Errorf("twice: %v", err)
		}
		if a, err = o.Enable(o.ctx, ada); err != nil || !a.DisabledAt.IsZero() {
			t.Fatalf("%+v, %v", a, err)
		}
		o.told(audit.UserEnabled, a.ID)
		o.Clock.Advance(time.Hour)
		o.Browser().SignIn(apptest.NewRequest(apptest.Web), ada)
		if _, err := o.Enable(o.ctx, ada); !errors.Is(err, admin.ErrAlready) {
			t.Errorf("enabled twice: %v", err)
		}
		if _, err := o.Disable(o.ctx, "nobody@example.com"); !errors.Is(err, idp.ErrNotFound) {
			t.Errorf("nobody: %v", err)
		}
		o.verified()
	}, apptest.Clients(app.Registration()))
}

// After a deletion nothing in the database names the person, and the audit log
// still tells what happened and verifies.
func TestDeletedIsGone(t *testing.T) {
	app := apptest.NewApplication(t, "told")
	each(t, func(t *testing.T, o *office) {
		if _, err := o.Invite(o.ctx, admin.Invitee{Email: carol, TTL: time.Hour}); err != nil {
			t.Fatal(err)
		}
		if events, err := o.Events(o.ctx, carol, audit.Query{}); err != nil || len(events) != 1 || events[0].AddressRef == "" {
			t.Fatalf("the invitation is not found: %v, %v", events, err)
		}
		o.verified()
		b := o.Browser()
		b.Tokens(apptest.Offline(apptest.Web), carol)
		b.Tokens(apptest.NewRequest(app.Client), carol)
		b.SignIn(apptest.NewRequest(apptest.Once), carol)
		o.Browser().Tokens(apptest.Offline(apptest.Web), bob)
		before, err := o.User(o.ctx, carol)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.Delete(o.ctx, carol); err != nil {
			t.Fatal(err)
		}
		o.App.Logout.Wake()
		if token := app.NextToken(t); !strings.Contains(token, ".") {
			t.Errorf("the application was told %q", token)
		}
		o.told(audit.UserDeleted, before.ID)
		dump := o.Dump()
		if strings.Contains(dump, carol) {
			t.Error("the address is still in the database")
		}
		events, err := o.Events(o.ctx, before.ID, audit.Query{})
		if err != nil || len(events) < 5 {
			t.Fatalf("%d events are left, %v", len(events), err)
		}
		for _, e := range events {
			if e.IP != "" || e.AddressRef != "" || e.Email != "" {
				t.Errorf("an event still knows the person: %+v", e)
			}
		}
		o.verified()
		if b.Open("/account").URL.Path != "/login" {
			t.Error("the browser is still signed in")
		}
		o.Clock.Advance(time.Hour)
		o.Browser().SignIn(apptest.NewRequest(apptest.Web), carol)
		if again, err := o.User(o.ctx, carol); err != nil || again.ID == before.ID {
			t.Errorf("the id came again: %v, %v", again.ID, err)
		}
		if bobs, err := o.Sessions(o.ctx, bob); err != nil || len(bobs) != 1 {
			t.Errorf("somebody else's sessions: %v, %v", bobs, err)
		}
		o.verified()
	}, apptest.Clients(app.Registration()))
}

// An event of the moment in which its person is deleted, or of a replica whose clock
// is ahead, can come behind the deletion in the chain. It is blank, and no fault.
func TestEventsOfTheMomentOfADeletion(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.Browser().SignIn(apptest.NewRequest(apptest.Web), carol)
		a, err := o.User(o.ctx, carol)
		if err != nil {
			t.Fatal(err)
		}
		soon := audit.Event{At: o.Clock.Now().Add(time.Second), Name: audit.SessionEnded, Subject: a.ID, IP: "192.0.2.7"}
		if err := o.App.Store.Record(context.Background(), soon); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Delete(o.ctx, carol); err != nil {
			t.Fatal(err)
		}
		o.verified()
	})
}

// An export has everything that names the person, and nothing that opens anything.
func TestExport(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		b := o.Browser()
		tokens := b.Tokens(apptest.Offline(apptest.Web), ada)
		b.SignIn(apptest.NewRequest(apptest.Once), ada)
		o.Browser().SignIn(apptest.NewRequest(apptest.Web), bob)
		held, err := o.Export(o.ctx, ada)
		if err != nil {
			t.Fatal(err)
		}
		a, err := o.User(o.ctx, ada)
		if err != nil {
			t.Fatal(err)
		}
		o.told(audit.UserExported, a.ID)
		for name, n := range map[string]int{"user": 1, "sessions": 1, "grants": 1, "consents": 1, "sign_ins": 1, "letters": 1} {
			if len(held[name]) < n {
				t.Errorf("%d %s", len(held[name]), name)
			}
		}
		text, err := json.Marshal(held)
		if err != nil {
			t.Fatal(err)
		}
		for _, not := range []string{tokens.Refresh(), "hash", "salt", "mac\"", bob, `"created_at":1`} {
			if strings.Contains(string(text), not) {
				t.Errorf("the export has %q: %s", not, text)
			}
		}
		if !strings.Contains(string(text), ada) || !strings.Contains(string(text), a.CreatedAt.Format(time.RFC3339)) {
			t.Errorf("%s", text)
		}
	})
}

// An export is for the person: where their administrators sit is not.
func TestExportHasNoAddressOfAdministrators(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.Browser().SignIn(apptest.NewRequest(apptest.Web), ada)
		ctx := admin.As(audit.With(o.ctx, audit.Source{IP: "198.51.100.9"}), "usr_boss")
		if _, err := o.Disable(ctx, ada); err != nil {
			t.Fatal(err)
		}
		held, err := o.Export(ctx, ada)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(held["audit_events"])
		if err != nil || strings.Contains(string(text), "198.51.100.9") || !strings.Contains(string(text), "user.disabled") || !strings.Contains(string(text), `"ip":"127.0.0.1"`) {
			t.Errorf("%s, %v", text, err)
		}
	})
}

func TestSessionsAndGrantsEnd(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		var browsers []*apptest.Browser
		var tokens []apptest.Reply
		for range 3 {
			o.Clock.Advance(time.Minute)
			b := o.Browser()
			tokens = append(tokens, b.Tokens(apptest.Offline(apptest.Web), ada))
			browsers = append(browsers, b)
		}
		sessions, err := o.Sessions(o.ctx, ada)
		if err != nil || len(sessions) != 3 {
			t.Fatalf("%v, %v", sessions, err)
		}
		if err := o.EndSession(o.ctx, sessions[0].ID); err != nil {
			t.Fatal(err)
		}
		o.told(audit.SessionEnded, sessions[0].UserID)
		if err := o.EndSession(o.ctx, sessions[0].ID); !errors.Is(err, idp.ErrNotFound) {
			t.Errorf("twice: %v", err)
		}
		if browsers[2].Open("/account").URL.Path != "/login" {
			t.Error("the browser of the ended session is signed in")
		}
		grants, err := o.Grants(o.ctx, ada)
		if err != nil || len(grants) != 2 {
			t.Fatalf("%v, %v", grants, err)
		}
		g, err := o.RevokeGrant(o.ctx, grants[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if e := o.told(audit.GrantRevoked, g.UserID); e.Result != "revoked_by_an_administrator" || e.Client != "web" {
			t.Errorf("%+v", e)
		}
		if r := o.Refresh(apptest.Web, tokens[1].Refresh(), ""); r.Fault() != "invalid_grant" {
			t.Errorf("a refresh: %s", r)
		}
		if n, err := o.EndSessions(o.ctx, ada); n != 2 || err != nil {
			t.Errorf("%d ended, %v", n, err)
		}
		if e := o.told(audit.SessionAllEnded, g.UserID); !strings.Contains(e.Detail, `"sessions":2`) {
			t.Errorf("%+v", e)
		}
		if r := o.Refresh(apptest.Web, tokens[0].Refresh(), ""); r.Fault() != "invalid_grant" {
			t.Errorf("a refresh: %s", r)
		}
	})
}

// What an application was to keep beyond its session ends with "all sessions" where no
// session is left, and that is told as any change is.
func TestEndingWhatOutlivesSessionsIsTold(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		b := o.Browser()
		tokens := b.Tokens(apptest.Offline(apptest.Web), ada)
		sessions, err := o.Sessions(o.ctx, ada)
		if err != nil || len(sessions) != 1 {
			t.Fatal(sessions, err)
		}
		if _, err := o.App.Store.SignOut(o.ctx, sessions[0].ID, o.Clock.Now()); err != nil {
			t.Fatal(err)
		}
		reply := o.Refresh(apptest.Web, tokens.Refresh(), "")
		if reply.Fault() != "" {
			t.Fatalf("a refresh: %s", reply)
		}
		if n, err := o.EndSessions(o.ctx, ada); n != 0 || err != nil {
			t.Errorf("%d ended, %v", n, err)
		}
		if r := o.Refresh(apptest.Web, reply.Refresh(), ""); r.Fault() != "invalid_grant" {
			t.Errorf("a refresh: %s", r)
		}
		if e := o.told(audit.SessionAllEnded, sessions[0].UserID); e.Detail != `{"grants":1,"kept":"","sessions":0}` {
			t.Errorf("%+v", e)
		}
		if _, err := o.EndSessions(o.ctx, ada); err != nil {
			t.Error(err)
		}
		if events, err := o.Events(o.ctx, ada, audit.Query{Name: string(audit.SessionAllEnded)}); err != nil || len(events) != 1 {
			t.Errorf("nothing ended, and is told: %+v, %v", events, err)
		}
	})
}

// A session that was over is none that ended.
func TestWhatWasOverIsNotCounted(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.Browser().SignInHere(ada)
		o.Clock.Advance(401 * 24 * time.Hour)
		o.Browser().SignInHere(ada)
		if n, err := o.EndSessions(o.ctx, ada); n != 1 || err != nil {
			t.Errorf("%d ended, %v", n, err)
		}
		if n, err := o.EndSessions(o.ctx, ada); n != 0 || err != nil {
			t.Errorf("%d ended again, %v", n, err)
		}
	})
}

// Groups of the database and of the configuration are one list, in tokens and in
// who may sign in.
func TestGroups(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		r := apptest.NewRequest(apptest.Club).With("scope", "openid groups")
		groups := func(b *apptest.Browser, email string) any {
			return apptest.Claims(t, b.Tokens(r, email).ID())["groups"]
		}
		b, guest := o.Browser(), o.Browser()
		if got := groups(b, ada); !same(got, "board", "staff") {
			t.Errorf("by the configuration: %v", got)
		}
		a, err := o.ChangeGroups(o.ctx, ada, admin.GroupChange{Add: []string{"ops", "dev", "ops"}})
		if err != nil || !slices.Equal(a.Groups, []string{"dev", "ops"}) {
			t.Fatalf("%v, %v", a.Groups, err)
		}
		if e := o.told(audit.UserGroupsChanged, a.ID); e.Detail != `{"from":"","to":"dev ops"}` {
			t.Errorf("%+v", e)
		}
		if got := groups(b, ada); !same(got, "board", "dev", "ops", "staff") {
			t.Errorf("of both: %v", got)
		}
		if _, err := o.ChangeGroups(o.ctx, ada, admin.GroupChange{Add: []string{"dev"}}); !errors.Is(err, admin.ErrAlready) {
			t.Errorf("again: %v", err)
		}
		if _, err := o.ChangeGroups(o.ctx, ada, admin.GroupChange{Add: []string{"a b"}}); !errors.Is(err, admin.ErrGroup) {
			t.Errorf("a name with a space: %v", err)
		}
		if a, err = o.ChangeGroups(o.ctx, ada, admin.GroupChange{Set: []string{}}); err != nil || len(a.Groups) != 0 {
			t.Errorf("%v, %v", a.Groups, err)
		}

		guest.SignInHere("guest@example.org")
		if _, ok := guest.Authorize(r).Answer(); ok {
			t.Error("a guest is let in")
		}
		if _, err := o.ChangeGroups(o.ctx, "guest@example.org", admin.GroupChange{Add: []string{"staff"}}); err != nil {
			t.Fatal(err)
		}
		if got := groups(guest, "guest@example.org"); !same(got, "staff") {
			t.Errorf("a guest who is staff now: %v", got)
		}
	})
}

func same(claim any, want ...string) bool {
	list, ok := claim.([]any)
	if !ok || len(list) != len(want) {
		return false
	}
	for i := range want {
		if list[i] != want[i] {
			return false
		}
	}
	return true
}

func TestUsersArePaged(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for _, email := range []string{"c@example.com", "a@example.com", "b_x@example.org", "bax@example.org"} {
			o.Clock.Advance(time.Hour)
			o.Browser().SignInHere(email)
		}
		list := func(q idp.AccountQuery) (out []string) {
			t.Helper()
			all, err := o.Users(o.ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range all {
				out = append(out, a.Email[:strings.Index(a.Email, "@")])
			}
			return out
		}
		for want, q := range map[string]idp.AccountQuery{
			"a b_x bax c": {}, "a b_x": {Limit: 2}, "bax c": {After: "b_x@example.org"}, "b_x bax": {Search: "example.org"}, "b_x": {Search: "b_"}, "": {Disabled: true},
		} {
			if got := strings.Join(list(q), " "); got != want {
				t.Errorf("%+v lists %q, want %q", q, got, want)
			}
		}
	})
}
