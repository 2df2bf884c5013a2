package year_test

import (
	"context"
	"database/sql"
	"net/http"
	"net/url"
	"strings"
	"time"

	"idp/internal/apptest"
)

// wrongCodes uses up the tries of one mail; the next one works.
func (w *world) wrongCodes() {
	p := w.people[1]
	b := w.Browser()
	wait, mail := b.Ask(b.Open("/login"), p.email)
	wrong := "000000"
	if mail.Code == wrong {
		wrong = "111111"
	}
	for range 3 {
		b.EnterCode(wait, wrong)
	}
	if page := b.EnterCode(wait, mail.Code); b.Cookie(apptest.SessionCookie) != "" {
		w.errorf("the fourth code is taken: %s", page)
	}
	b = w.Browser()
	if b.SignInHere(p.email); b.Cookie(apptest.SessionCookie) == "" {
		w.errorf("%s cannot sign in after wrong codes", p.email)
	}
	w.signIns++
}

// notMe ends the sign-in of a stranger who asked for somebody's mail.
func (w *world) notMe() {
	p, stranger := w.people[2], w.Browser()
	wait, mail := stranger.Ask(stranger.Open("/login"), p.email)
	w.Clock.Advance(time.Minute)
	reader := w.Browser()
	page := reader.Open(mail.NotMe)
	reader.Submit(page.Form(page.URL.Path))
	if page := stranger.EnterCode(wait, mail.Code); stranger.Cookie(apptest.SessionCookie) != "" {
		w.errorf("a stranger signs in with a disowned code: %s", page)
	}
}

// firstProviderDown is an afternoon in which the second one takes the mails.
func (w *world) firstProviderDown() {
	heal := w.mails[0].fail()
	for range 3 {
		w.signInAnew(w.people[0])
		w.rest()
		w.Clock.Advance(time.Hour)
	}
	heal()
	w.signInAnew(w.people[0])
}

// mailDown is an afternoon without any provider. Who asks shortly before its end gets
// that mail later; who asked long before asks again.
func (w *world) mailDown() {
	p := w.people[0]
	var early, late *apptest.Page
	b, c := w.Browser(), w.Browser()
	after := w.Inbox.Last()
	w.causes(func() {
		first, second := w.mails[0].fail(), w.mails[1].fail()
		early = b.Submit(b.Open("/login").Form("/login").Set("email", p.email))
		w.failed(1)
		w.Clock.Advance(4 * time.Hour)
		late = c.Submit(c.Open("/login").Form("/login").Set("email", p.email))
		w.failed(1)
		if w.Inbox.Last() != after {
			w.errorf("a mail went through providers that are down")
		}
		first()
		second()
		w.Clock.Advance(90 * time.Second)
		w.App.Worker.Wake()
	})
	mail := w.NextMail(after, p.email)
	if page := b.EnterCode(early, mail.Code); b.Cookie(apptest.SessionCookie) != "" {
		w.errorf("a code works in another sign-in: %s", page)
	}
	if c.EnterCode(late, mail.Code); c.Cookie(apptest.SessionCookie) == "" {
		w.errorf("the mail that came late does not sign in")
	}
	w.signIns++
	w.signInAnew(p)
}

// failed waits until the outbox has noted the failed tries of so many letters.
func (w *world) failed(letters int64) {
	w.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		written := w.Logs.Next()
		if w.count("SELECT count(*) FROM outbox WHERE state = 'deferred' AND expires_at > %d", w.now().UnixMilli()) >= letters {
			return
		}
		select {
		case <-written:
		case <-time.After(20 * time.Millisecond):
		}
	}
	w.t.Fatalf("%s: no letter failed", w.date())
}

// signInAnew is a sign-in in a browser without a session.
func (w *world) signInAnew(p *person) {
	w.t.Helper()
	p.browser, p.session = w.Browser(), session{}
	p.visit(apptest.NewRequest(web))
}

// answered is how long anybody waits for an answer, and a busy machine's share.
const answered = 8 * time.Second

// databaseAway is a database that is away for some minutes.
func (w *world) databaseAway() {
	p := w.people[0]
	p.visit(apptest.NewRequest(web))
	w.causes(func() {
		back := w.noDatabase()
		began := time.Now()
		r := p.browser.Post("/login", url.Values{"email": {p.email}})
		if took := time.Since(began); took > answered {
			w.errorf("without a database the answer took %s", took)
		}
		if r.Status != http.StatusServiceUnavailable || r.Header.Get("Retry-After") == "" {
			w.errorf("without a database: %s", r)
		}
		w.Clock.Advance(5 * time.Minute)
		back()
		for deadline := time.Now().Add(2 * time.Second); ; {
			if r := p.browser.Get("/account"); r.Status == http.StatusOK {
				break
			} else if time.Now().After(deadline) {
				w.t.Fatalf("%s: the database is back, and the answer is %s", w.date(), r)
			}
			<-time.After(20 * time.Millisecond) // as a person would pause
		}
	})
	p.visit(apptest.NewRequest(web))
}

// noDatabase takes the database away until the returned function is called: its
// network, or, of a file, everybody's right to write.
func (w *world) noDatabase() (back func()) {
	w.t.Helper()
	if w.proxy != nil {
		w.proxy.Refuse()
		return w.proxy.Pass
	}
	ctx := context.Background()
	db, err := sql.Open("sqlite", strings.TrimPrefix(w.Database, "sqlite:"))
	if err != nil {
		w.t.Fatal(err)
	}
	c, err := db.Conn(ctx)
	if err == nil {
		_, err = c.ExecContext(ctx, "PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE")
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return func() {
		_, err := c.ExecContext(ctx, "ROLLBACK")
		if err != nil {
			w.t.Error(err)
		}
		c.Close()
		db.Close()
	}
}
