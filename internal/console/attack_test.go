package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"idp/internal/audit"
)

// Threat: somebody who is signed in, and no administrator. They are told which
// group is missing, hold nothing, and stand in the audit log.
func TestOutsideOfTheGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.admin()
	if p := a.signIn("eve@example.com"); p.status != http.StatusForbidden || !strings.Contains(p.body, "does not belong to the group admins") {
		t.Fatalf("%d %s", p.status, p.body)
	}
	if p := a.get("/users"); p.status != http.StatusSeeOther {
		t.Errorf("%+v", p)
	}
	eve, err := w.App.Store.Account(t.Context(), "eve@example.com")
	if err != nil {
		t.Fatal(err)
	}
	if grants, err := w.App.Store.UserGrants(t.Context(), eve.ID, w.Clock.Now()); err != nil || len(grants) != 0 {
		t.Error(grants, err)
	}
	if err := w.App.WriteAudit(t.Context()); err != nil {
		t.Fatal(err)
	}
	seen, err := w.App.Store.Events(t.Context(), audit.Query{Name: string(audit.AdminRefused), Subject: eve.ID})
	if err != nil || len(seen) != 1 || seen[0].Result != "not_in_group" {
		t.Errorf("%+v %v", seen, err)
	}
	// Whoever leaves the group is out, too.
	b := w.admin()
	if err := w.App.Store.SetUserGroups(t.Context(), eve.ID, nil, []string{"admins"}, w.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	if p := b.signIn("eve@example.com"); p.status != http.StatusSeeOther || b.get("/").status != http.StatusOK {
		t.Errorf("%+v", p)
	}
	if err := w.App.Store.SetUserGroups(t.Context(), eve.ID, []string{"admins"}, nil, w.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	if p := b.get("/"); p.status != http.StatusForbidden {
		t.Errorf("%d", p.status)
	}
}

// Threat: a page of another site posts into the administrator's session.
func TestFormsOfOtherSites(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.user("ada@example.com")
	a := w.admin()
	a.signIn(root)
	for _, path := range []string{"/users/" + ada + "/disable", "/users/" + ada + "/groups", "/users/" + ada + "/delete", "/keys/rotate", "/sign-out"} {
		for _, headers := range [][]string{{"Origin", "https://evil.example"}, {"Origin", "null"}, {"Sec-Fetch-Site", "cross-site"}} {
			if p := a.do(http.MethodPost, path, url.Values{}, headers...); p.status != http.StatusForbidden {
				t.Errorf("%s %v: %d", path, headers, p.status)
			}
		}
	}
	if p := a.get("/users/" + ada); !strings.Contains(p.body, ">enabled<") {
		t.Error("the person was changed")
	}
}

// Threat: the answer of somebody else's sign-in is brought into the administrator's
// browser, or theirs into somebody else's.
func TestAnswersOfOtherBrowsers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, other := w.admin(), w.admin()
	back := a.way("/sign-in", root)
	other.get("/sign-in")
	for _, b := range []*admin{other, w.admin()} {
		if p := b.get(back); p.status != http.StatusBadRequest {
			t.Errorf("%+v", p)
		}
	}
	if p := a.get(back); p.status != http.StatusSeeOther {
		t.Errorf("%+v", p)
	}
	if p := a.get(back); p.status != http.StatusBadRequest {
		t.Errorf("twice: %+v", p)
	}
	for _, to := range []string{"//evil.example", "https://evil.example", `/\evil.example`, "evil"} {
		c := w.admin()
		if p := c.get(c.way("/sign-in?return="+url.QueryEscape(to), root)); p.location != "/" {
			t.Errorf("%s leads to %s", to, p.location)
		}
	}
}

// Threat: a copy of the cookie. It is worth nothing once the administrator signed
// out, the hour is over, or a byte of it is another.
func TestTheCookie(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.admin()
	a.signIn(root)
	at, err := url.Parse(a.url)
	if err != nil {
		t.Fatal(err)
	}
	copied := ""
	for _, c := range a.http.Jar.Cookies(at) {
		if c.Name == "console" {
			copied = c.Value
		}
	}
	with := func(value string) int {
		return w.admin().do(http.MethodGet, "/users", nil, "Cookie", "console="+value).status
	}
	for name, c := range map[string]struct {
		value string
		want  int
	}{
		"as it is": {copied, 200}, "cut": {copied[:len(copied)-1], 303}, "changed": {strings.Replace(copied, copied[40:41], "!", 1), 303}, "none": {"", 303},
	} {
		if got := with(c.value); got != c.want {
			t.Errorf("%s: %d", name, got)
		}
	}
	if p := a.post("/sign-out"); p.status != http.StatusOK || !strings.Contains(p.body, "You are signed out") {
		t.Errorf("%+v", p)
	}
	if got := with(copied); got != http.StatusSeeOther {
		t.Errorf("after the sign-out: %d", got)
	}
	b := w.admin()
	b.signIn(root)
	if p := b.at.Open("/account"); !strings.Contains(p.Body, ">Administration<") {
		t.Errorf("the account page does not list the console: %s", p)
	}
	w.Clock.Advance(61 * time.Minute)
	if p := b.get("/users"); p.status != http.StatusSeeOther {
		t.Errorf("after an hour: %d", p.status)
	}
	if p := b.post("/keys/rotate"); p.status != http.StatusForbidden || !strings.Contains(p.body, "You are signed out") {
		t.Errorf("%+v", p)
	}
}

// Threat: an unwatched browser. What cannot be undone wants a mailbox that was
// proved a moment ago.
func TestWhatCannotBeUndone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.user("ada@example.com")
	a := w.admin()
	a.signIn(root)
	w.Clock.Advance(21 * time.Minute)
	path := "/users/" + ada + "/delete"
	if p := a.post(path); p.status != http.StatusForbidden || !strings.Contains(p.body, "Nothing was changed") {
		t.Errorf("%+v", p)
	}
	seen, err := w.App.Store.Events(t.Context(), audit.Query{Name: string(audit.AdminChangeRefused), Subject: ada})
	if err != nil || len(seen) != 1 || seen[0].Result != "unproved" || seen[0].Detail != `{"change":"user.deleted"}` || !strings.HasPrefix(seen[0].Actor, "admin:usr_") {
		t.Errorf("%+v, %v", seen, err)
	}
	p := a.get(path)
	if p.status != http.StatusSeeOther || p.location != "/sign-in?fresh=1&return="+url.QueryEscape(path) {
		t.Fatalf("%+v", p)
	}
	if p := a.get(a.way(p.location, root)); p.location != path {
		t.Fatalf("%+v", p)
	}
	if p := a.get(path); p.status != http.StatusOK {
		t.Fatalf("%+v", p)
	}
	if p := a.post(path); p.location != "/users?done=delete" {
		t.Fatalf("%+v", p)
	}
	if p := a.get("/users?done=delete"); !strings.Contains(p.body, "The person is deleted.") {
		t.Errorf("it is not told: %s", p.body)
	}
	if p := a.get("/users/" + ada); p.status != http.StatusNotFound {
		t.Errorf("%d", p.status)
	}
}

// Threat: a link to a page that names one person and ends what is another's, such as
// the administrator's own session.
func TestThePageNamesWhatEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, bob := w.user("ada@example.com"), w.user("bob@example.com")
	a := w.admin()
	a.signIn(root)
	sessions, err := w.App.Store.Sessions(t.Context(), bob, w.Clock.Now())
	if err != nil || len(sessions) != 1 {
		t.Fatal(err, sessions)
	}
	grants, err := w.App.Store.UserGrants(t.Context(), bob, w.Clock.Now())
	if err != nil || len(grants) != 1 {
		t.Fatal(err, grants)
	}
	for path, name := range map[string]audit.Name{"/sessions/" + sessions[0].ID + "/end": audit.SessionEnded, "/grants/" + grants[0].ID + "/revoke": audit.GrantRevoked} {
		if p := a.get("/users/" + ada + path); p.status != http.StatusNotFound {
			t.Errorf("%s asks about another's: %d", path, p.status)
		}
		if p := a.post("/users/" + ada + path); p.status != http.StatusNotFound {
			t.Errorf("%s ends another's: %d", path, p.status)
		}
		if seen, err := w.App.Store.Events(t.Context(), audit.Query{Name: string(name), Subject: bob}); err != nil || len(seen) != 0 {
			t.Errorf("%+v, %v", seen, err)
		}
		if p := a.get("/users/" + bob + path); p.status != http.StatusOK {
			t.Errorf("%s: %d", path, p.status)
		}
	}
	if p := a.get("/users/" + bob + "/grants/" + grants[0].ID + "/revoke"); !strings.Contains(p.body, "of web to bob@example.com") {
		t.Errorf("the application is not named: %s", p.body)
	}
}

// Threat: a page that was open for a while. One administrator takes somebody out of the
// administrators, and another, who adds a group on an older page, puts them back.
func TestAnOlderPageBringsNoGroupBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.user("ada@example.com")
	set := func(old, groups []string) {
		t.Helper()
		if err := w.App.Store.SetUserGroups(t.Context(), ada, old, groups, w.Clock.Now()); err != nil {
			t.Fatal(err)
		}
	}
	set(nil, []string{"admins", "staff"})
	a := w.admin()
	a.signIn(root)
	if p := a.get("/users/" + ada); !strings.Contains(p.body, `name="was" value="admins staff"`) {
		t.Fatal(p.body)
	}
	set([]string{"admins", "staff"}, []string{"board"})
	wrong := a.do(http.MethodPost, "/users/"+ada+"/groups", url.Values{"groups": {"admins, ops, <b>"}, "was": {"admins staff"}})
	if wrong.status != http.StatusBadRequest || !strings.Contains(wrong.body, `name="was" value="admins staff"`) {
		t.Errorf("%d %s", wrong.status, wrong.body)
	}
	if p := a.do(http.MethodPost, "/users/"+ada+"/groups", url.Values{"groups": {"admins, ops"}, "was": {"admins staff"}}); p.status != http.StatusSeeOther {
		t.Errorf("%+v", p)
	}
	if u, err := w.App.Store.Account(t.Context(), ada); err != nil || strings.Join(u.Groups, " ") != "board ops" {
		t.Errorf("%v, %v", u.Groups, err)
	}
	if p := a.do(http.MethodPost, "/users/"+ada+"/groups", url.Values{"groups": {""}, "was": {"board ops"}}); p.status != http.StatusSeeOther {
		t.Errorf("%+v", p)
	}
	if u, err := w.App.Store.Account(t.Context(), ada); err != nil || len(u.Groups) != 0 {
		t.Errorf("%v, %v", u.Groups, err)
	}
}
