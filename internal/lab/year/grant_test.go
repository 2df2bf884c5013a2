package year_test

import (
	"net/http"
	"time"

	"idp/internal/apptest"
)

// grant is the model of a refresh token and its successors: refresh_idle_ttl since
// the last use, and refresh_absolute_ttl since the sign-in.
type grant struct {
	p          *person
	token      string
	made, used time.Time
	ended      bool
}

const refreshIdle, refreshAbsolute = 14 * day, 100 * day

// newGrant has an application ask for a refresh token.
func (w *world) newGrant(p *person) *grant {
	w.t.Helper()
	tokens := p.visit(apptest.Offline(web))
	now := w.now()
	return &grant{p: p, token: tokens.Refresh(), made: now, used: now}
}

func (g *grant) alive(now time.Time) (alive, sure bool) {
	idle, age := now.Sub(g.used), now.Sub(g.made)
	if g.ended || idle > refreshIdle+moment || age > refreshAbsolute+moment {
		return false, true
	}
	return true, idle < refreshIdle-moment && age < refreshAbsolute-moment
}

// refresh uses the token, and wants it taken exactly if it lives.
func (w *world) refresh(g *grant) (taken bool) {
	w.t.Helper()
	alive, sure := g.alive(w.now())
	r := w.Refresh(web, g.token, "")
	taken = r.Status == http.StatusOK
	if sure && alive != taken || !taken && r.Fault() != "invalid_grant" {
		w.errorf("%s: the refresh token must be alive: %t, made %s, used %s: %s", g.p.email, alive, g.made, g.used, r)
	}
	if !taken {
		w.refused++
		return false
	}
	w.refreshes++
	if next := r.Refresh(); next != "" {
		g.token = next
	}
	g.used = w.now()
	w.party.accept(r.ID(), web)
	if u := w.Get("/userinfo", r.Access()); u.Status != http.StatusOK || u.Text("email") != g.p.email {
		w.errorf("%s: userinfo with what a refresh gave: %s", g.p.email, u)
	}
	return true
}

// refreshWeekly is what applications do by themselves; one whose token ended asks
// its person to come again.
func (w *world) refreshWeekly() {
	w.t.Helper()
	for _, p := range w.people {
		if p.grant != nil && !w.refresh(p.grant) {
			p.grant = nil
		}
	}
}

// refreshAlways is an application that refreshes whenever time has passed: whatever
// key signs now, it has a token under it.
func (w *world) refreshAlways() {
	w.t.Helper()
	if w.busy == nil || !w.refresh(w.busy) {
		w.busy = w.newGrant(w.people[len(w.people)-1])
	}
}
