package year_test

import (
	"net/http"

	"idp/internal/app"
	"idp/internal/apptest"
	"idp/internal/config"
)

// badFile changes nothing, whatever else it says.
func (w *world) badFile() {
	before := w.settings
	w.settings.bad, w.settings.garden = true, true
	w.causes(func() {
		w.write()
		w.reload(false)
	})
	if page := w.Browser().Open(apptest.NewRequest(garden).Path()); page.Status != http.StatusBadRequest {
		w.errorf("half of a bad file is in force: %s", page)
	}
	w.visitAny()
	w.settings = before
	w.write()
	w.reload(true)
}

// gardenOpens adds an application.
func (w *world) gardenOpens() {
	w.change(func(s *settings) { s.garden = true })
	w.people[0].visit(apptest.NewRequest(garden))
}

// webRenamed changes one.
func (w *world) webRenamed() {
	w.change(func(s *settings) { s.name = "Renamed" })
	if name := w.App.Current().Clients.Client(web.ID).Name; name != "Renamed" {
		w.errorf("web is called %s", name)
	}
}

// gardenCloses removes one; what it holds is worth nothing after that.
func (w *world) gardenCloses() {
	held := w.people[0].visit(apptest.Offline(garden))
	w.change(func(s *settings) { s.garden = false })
	if page := w.Browser().Open(apptest.NewRequest(garden).Path()); page.Status != http.StatusBadRequest {
		w.errorf("a removed application: %s", page)
	}
	if r := w.Refresh(garden, held.Refresh(), ""); r.Status != http.StatusUnauthorized {
		w.errorf("a removed application refreshes: %s", r)
	}
	if r := w.Get("/userinfo", held.Access()); r.Status == http.StatusOK {
		w.errorf("the access token of a removed application: %s", r)
	}
}

// secretKnown is the first step of a change of the root secret: every process knows
// the new one.
func (w *world) secretKnown() {
	w.settings.previous = "NEW"
	w.write()
	w.causes(func() { w.reload(false) }) // it says that it needs a restart
	w.roll()
}

// secretReplaced exchanges the two.
func (w *world) secretReplaced() {
	w.settings.secret, w.settings.previous = "NEW", "OLD"
	w.write()
	w.roll()
	cfg, err := config.Load(w.file, w.getenv)
	if err != nil {
		w.t.Fatal(err)
	}
	r, err := app.Reseal(w.t.Context(), cfg, w.App.Store, w.now)
	if err != nil || r.Keys < 4 || r.OldUntil.After(w.now().Add(refreshAbsolute)) {
		w.t.Fatalf("%s: rotate-secret: %+v, %v", w.date(), r, err)
	}
	w.oldUntil = r.OldUntil
	ring, err := w.settings.keyring()
	if err != nil {
		w.t.Fatal(err)
	}
	sealed, err := w.App.Store.SealedTexts(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, text := range sealed {
		if !ring.Current(text) {
			w.errorf("a key is under the old root secret still")
		}
	}
}

// oldSecretGone leaves the old one out, which nothing needs any more.
func (w *world) oldSecretGone() {
	if w.now().Before(w.oldUntil) {
		w.t.Fatalf("%s: the old secret is needed until %s", w.date(), w.oldUntil)
	}
	w.settings.previous = ""
	w.write()
	w.roll()
	w.refreshWeekly()
}

// Two refresh tokens that nobody uses but here.
func (w *world) idleTokensBegin() {
	p := w.people[0]
	w.idle = [2]*grant{w.newGrant(p), w.newGrant(p)}
}

// idleTokensUsed uses one of them on its thirteenth day.
func (w *world) idleTokensUsed() {
	if !w.refresh(w.idle[0]) {
		w.errorf("a token ends before its time")
	}
}

// idleTokensEnd is the fifteenth day.
func (w *world) idleTokensEnd() {
	if !w.refresh(w.idle[0]) || w.refresh(w.idle[1]) {
		w.errorf("the idle token, or the other one, ends at the wrong time")
	}
}

// disable ends all that somebody has; nothing brings it back but an administrator.
func (w *world) disable() {
	p := w.people[0]
	p.grant = w.newGrant(p)
	if err := w.App.Store.DisableUser(w.t.Context(), w.userID(p.email), w.now()); err != nil {
		w.t.Fatal(err)
	}
	p.away, p.session.ended, p.grant.ended = true, true, true
	w.out(p)
	w.refresh(p.grant)
	p.grant = nil
	after := w.Inbox.Last()
	b := w.Browser()
	b.Submit(b.Open("/login").Form("/login").Set("email", p.email))
	w.signInAnew(w.people[1]) // whose mail comes after what would have been the other's
	mails, _ := w.Inbox.Find("to:"+p.email, 0, 500)
	for _, m := range mails {
		if m.Seq > after {
			w.errorf("a disabled person gets the mail %q", m.Subject)
		}
	}
}

// enable lets the same person in again, who signs in anew.
func (w *world) enable() {
	p := w.people[0]
	if err := w.App.Store.EnableUser(w.t.Context(), w.userID(p.email), w.now()); err != nil {
		w.t.Fatal(err)
	}
	p.away = false
	p.visit(apptest.NewRequest(web))
}

// deleteOne deletes a person; whoever has the address afterwards is somebody else.
func (w *world) deleteOne() {
	p := w.people[1]
	grant := w.newGrant(p)
	if err := w.App.Store.DeleteUser(w.t.Context(), w.userID(p.email), "", w.now()); err != nil {
		w.t.Fatal(err)
	}
	was := p.sub
	p.sub, p.session.ended, grant.ended = "", true, true
	if p.grant != nil {
		p.grant.ended = true
	}
	w.refresh(grant)
	p.visit(apptest.NewRequest(web))
	if p.sub == was {
		w.errorf("a deleted person is the same one again")
	}
}
