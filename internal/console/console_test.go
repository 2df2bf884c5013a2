package console_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"idp/internal/audit"
	"idp/internal/idp"
)

// An administrator signs in, looks at everything, and keeps somebody out.
func TestAdministrating(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.user("ada@example.com")
	a := w.admin()
	if p := a.get("/users?search=a+b"); p.status != http.StatusSeeOther || p.location != "/sign-in?return=%2Fusers%3Fsearch%3Da%2Bb" {
		t.Fatalf("%+v", p)
	}
	if p := a.get(a.way("/sign-in?return=%2Fusers", root)); p.status != http.StatusSeeOther || p.location != "/users" {
		t.Fatalf("%+v", p)
	}
	for path, want := range map[string]string{
		"/": "Sign-ins of the last hour</dt><dd>2<", "/users": "ada@example.com", "/users?search=ADA": "ada@example.com", "/users?disabled=1": "Nobody is disabled", "/users?search=zz": "Nobody has this",
		"/users/" + ada: "Applications with tokens", "/clients": ">Web<", "/clients/web": "https://web.example.com/callback", "/clients/idp-console": a.url + "/callback",
		"/mail": "No letter waits", "/keys": "ES256", "/audit?user=ada@example.com": "login.completed", "/failures": "No request was refused", "/audit?name=x": "Nothing of the kind",
		"/users/" + ada + "/disable": "Disable ada@example.com?", "/keys/rotate": "Make new signing keys?",
	} {
		p := a.get(path)
		if p.status != http.StatusOK || !strings.Contains(p.body, want) || strings.Contains(p.body, "&lt;") {
			t.Errorf("%s: %d, no %s in %s", path, p.status, want, p.body)
		}
		if csp := p.header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(p.body, "style=") || strings.Contains(p.body, "<script") {
			t.Errorf("%s: %s", path, csp)
		}
	}
	for _, act := range []string{"disable", "enable", "end-sessions"} {
		if p := a.post("/users/" + ada + "/" + act); p.status != http.StatusSeeOther || p.location != "/users/"+ada+"?done="+act {
			t.Errorf("%s: %+v", act, p)
		}
		if p := a.get("/users/" + ada + "?done=" + act); !strings.Contains(p.body, `role="status"`) {
			t.Errorf("%s is not told: %s", act, p.body)
		}
	}
	if p := a.do(http.MethodPost, "/users/"+ada+"/groups", url.Values{"groups": {"staff, b"}}); p.status != http.StatusSeeOther {
		t.Errorf("%+v", p)
	}
	boss, err := w.App.Store.Account(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []audit.Name{audit.UserDisabled, audit.UserEnabled, audit.UserGroupsChanged} {
		seen, err := w.App.Store.Events(t.Context(), audit.Query{Name: string(name), Subject: ada})
		if err != nil || len(seen) != 1 || seen[0].Actor != "admin:"+boss.ID || seen[0].IP != "127.0.0.1" {
			t.Errorf("%s: %+v %v", name, seen, err)
		}
	}
	for _, path := range []string{"/users/usr_none", "/clients/none", "/users/" + ada + "/fly", "/nothing"} {
		if p := a.get(path); p.status != http.StatusNotFound || strings.Contains(p.body, `href="/account"`) {
			t.Errorf("%s: %d %s", path, p.status, p.body)
		}
	}
}

// Sessions and grants of a person end one by one.
func TestEndingOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.user("ada@example.com")
	w.user("ada@example.com")
	a := w.admin()
	a.signIn(root)
	sessions, err := w.App.Store.Sessions(t.Context(), ada, w.Clock.Now())
	if err != nil || len(sessions) != 2 {
		t.Fatal(err, sessions)
	}
	grants, err := w.App.Store.UserGrants(t.Context(), ada, w.Clock.Now())
	if err != nil || len(grants) != 2 {
		t.Fatal(err, grants)
	}
	other := slices.IndexFunc(grants, func(g idp.Grant) bool { return g.SessionID != sessions[0].ID }) // it does not end with that session
	for _, path := range []string{"/sessions/" + sessions[0].ID + "/end", "/grants/" + grants[other].ID + "/revoke"} {
		if p := a.get("/users/" + ada + path); p.status != http.StatusOK || !strings.Contains(p.body, "ada@example.com") {
			t.Errorf("%s: %d %s", path, p.status, p.body)
		}
		if p := a.post("/users/" + ada + path); p.status != http.StatusSeeOther {
			t.Errorf("%s: %d", path, p.status)
		}
		if p := a.get("/users/" + ada + path); p.status != http.StatusNotFound {
			t.Errorf("%s asks about what ended: %d", path, p.status)
		}
	}
	if left, err := w.App.Store.Sessions(t.Context(), ada, w.Clock.Now()); err != nil || len(left) != 1 {
		t.Error(err, left)
	}
	if left, err := w.App.Store.UserGrants(t.Context(), ada, w.Clock.Now()); err != nil || len(left) != 0 {
		t.Error(err, left)
	}
}

// Groups that cannot be are shown again as they were typed, with what is wrong.
func TestGroupsThatCannotBe(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.user("ada@example.com")
	a := w.admin()
	a.signIn(root)
	many := strings.Repeat("a", 101)
	for typed, want := range map[string]string{"staff, <b>": `value="staff, &lt;b&gt;"`, many: `value="` + many + `"`} {
		p := a.do(http.MethodPost, "/users/"+ada+"/groups", url.Values{"groups": {typed}})
		if p.status != http.StatusBadRequest || !strings.Contains(p.body, want) || !strings.Contains(p.body, "Nothing was changed: ") || !strings.Contains(p.body, `aria-describedby="groups-error"`) {
			t.Errorf("%q: %d %s", typed, p.status, p.body)
		}
	}
	if u, err := w.App.Store.Account(t.Context(), ada); err != nil || len(u.Groups) != 0 {
		t.Errorf("%+v, %v", u.Groups, err)
	}
}

// Administrators who do the same at once are told so, and it is no fault of the server.
func TestTwoAdministratorsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.admin()
	a.signIn(root)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if p := a.post("/keys/rotate"); p.status != http.StatusSeeOther && p.status != http.StatusConflict {
				t.Errorf("%d %s", p.status, p.body)
			}
		})
	}
	wg.Wait()
}
