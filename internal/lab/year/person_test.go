package year_test

import (
	"fmt"
	"net/http"
	"time"

	"idp/internal/apptest"
)

// person is somebody with a browser and a habit.
type person struct {
	w       *world
	email   string
	every   int // days between visits
	first   int // of those days
	signs   int // out on each so many-th visit; 0 for never
	browser *apptest.Browser
	session session
	grant   *grant // of the application web; nil if it has none
	sub     string
	visits  int
	away    bool // disabled
}

// habits are how often people come, in days, and on which of their visits they sign
// out: some live on one session until its absolute end, and of some every session is
// over by the time they come again.
var habits = []struct{ every, signs int }{{4, 0}, {9, 3}, {20, 0}, {45, 0}, {6, 7}, {33, 0}}

func newPerson(w *world, i int) *person {
	h := habits[i%len(habits)]
	return &person{w: w, email: fmt.Sprintf("person%d@example.com", i), every: h.every, first: i % h.every, signs: h.signs, browser: w.Browser()}
}

// session is the model of a session: session.ttl since its last use, and
// session.absolute_ttl since the sign-in.
type session struct {
	began, used time.Time
	ended       bool
}

const (
	sessionTTL, sessionAbsolute = 30 * day, 90 * day
	// noted is how much earlier a session may seem to have been used: its use is
	// written down once a day.
	noted = day
	// moment is by how much two looks at the clock differ.
	moment = 10 * time.Minute
)

// alive says whether the session must be, and whether that can be told.
func (s *session) alive(now time.Time) (alive, sure bool) {
	if s.ended || s.began.IsZero() || now.Sub(s.used) > sessionTTL+moment || now.Sub(s.began) > sessionAbsolute+moment {
		return false, true
	}
	return true, now.Sub(s.used) < sessionTTL-noted-moment && now.Sub(s.began) < sessionAbsolute-moment
}

// visit opens an application: without a word while the session lives, with a mail
// otherwise.
func (p *person) visit(r apptest.Request) apptest.Reply {
	w := p.w
	w.t.Helper()
	p.visits++
	alive, sure := p.session.alive(w.now())
	a := p.browser.Authorize(r.With("prompt", "none")).MustAnswer()
	if sure && alive != (a.Code() != "") {
		w.errorf("%s: the session must be alive: %t, of %+v, and the answer is %s", p.email, alive, p.session, a)
	}
	if a.Code() == "" {
		if a.Fault() != "login_required" {
			w.errorf("%s: the answer without a session is %s", p.email, a)
		}
		a = p.signIn(r)
	} else {
		p.session.used = w.now()
	}
	tokens := w.Redeem(r, a.Code())
	if tokens.Status != http.StatusOK {
		w.t.Fatalf("%s: %s: redeem: %s", w.date(), p.email, tokens)
	}
	p.check(r, tokens)
	return tokens
}

// signIn proves the address, by the code or the link in turn, and now and then in a
// browser that nobody knows.
func (p *person) signIn(r apptest.Request) apptest.Answer {
	if p.visits%5 == 4 {
		p.browser = p.w.Browser()
	}
	sign := p.browser.SignIn
	if p.visits%2 == 0 {
		sign = p.browser.SignInByLink
	}
	a := sign(r, p.email)
	p.session = session{began: p.w.now(), used: p.w.now()}
	p.w.signIns++
	return a
}

// check uses what an application got.
func (p *person) check(r apptest.Request, tokens apptest.Reply) {
	w := p.w
	w.t.Helper()
	w.party.accept(tokens.ID(), r.Client)
	claims := apptest.Claims(w.t, tokens.ID())
	if p.sub == "" {
		p.sub, _ = claims["sub"].(string)
	}
	if claims["sub"] != p.sub || claims["nonce"] != r.Params.Get("nonce") {
		w.errorf("%s is %s, and the ID token says %v", p.email, p.sub, claims)
	}
	if u := w.Get("/userinfo", tokens.Access()); u.Status != http.StatusOK || u.Text("email") != p.email || u.Text("sub") != p.sub {
		w.errorf("%s: userinfo: %s", p.email, u)
	}
}

// live is what the person does on a day of their habit.
func (p *person) live(d int) {
	w := p.w
	if p.away || d%p.every != p.first {
		return
	}
	switch {
	case p.grant == nil && p.every < 10:
		p.grant = w.newGrant(p)
	case w.settings.garden && p.visits%3 == 1:
		p.visit(apptest.NewRequest(garden))
	default:
		p.visit(apptest.NewRequest([]apptest.Client{web, spa}[p.visits%2]))
	}
	if p.signs > 0 && p.visits%p.signs == 0 {
		p.signOut()
	}
}

func (p *person) signOut() {
	p.browser.Submit(p.browser.Open("/account").Form("/logout"))
	p.session.ended = true
	p.w.out(p)
}

// out wants somebody without a session to be asked for the address.
func (w *world) out(p *person) {
	w.t.Helper()
	if a := p.browser.Authorize(apptest.NewRequest(web).With("prompt", "none")).MustAnswer(); a.Fault() != "login_required" {
		w.errorf("%s is signed in still: %s", p.email, a)
	}
}

// visitAny wants everything to work for anybody, now.
func (w *world) visitAny() {
	w.t.Helper()
	for _, p := range w.people {
		if !p.away {
			p.visit(apptest.NewRequest(web))
			return
		}
	}
}
