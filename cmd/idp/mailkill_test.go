package main

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/prove"
	"idp/internal/testdb"
)

// killSteps are where the process dies over a letter: around its storage, in each
// phase of the dialogue with the mail server, behind the server's 250 before the
// process saw it (it sleeps), behind it at once, and when all is written down.
var killSteps = []string{"storing", "CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "TEXT", "END", "unseen", "TAKEN", "recorded"}

// behind250 are the steps after which the server has the letter and the process
// may not know it: there alone may a second copy come. The moment of "storing" is
// any of the first milliseconds, in which a quick letter has gone the whole way.
var behind250 = map[string]bool{"storing": true, "unseen": true, "TAKEN": true}

// Whatever the mail worker was doing when it was killed, every letter of a
// sign-in that was acknowledged arrives, and the sign-in can be finished.
func TestMailWorkerKilledAtEveryStep(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, database string) {
		k := newKills(t, database)
		for most := prove.Count(len(killSteps), 500); k.killed < most || k.letters < len(killSteps); {
			k.letter(killSteps[k.letters%len(killSteps)])
		}
		k.settle()
		twice := k.check()
		prove.Figure(t, fmt.Sprintf("%d kills of the process over %d letters", k.killed, k.letters),
			"0 letters lost, %d sign-ins finished of %d acknowledged, %d second copies, all behind the 250 and with the same Message-ID",
			k.finished, k.finished, twice)
	})
}

// kills is one installation whose process dies again and again.
type kills struct {
	*site
	idp             *apptest.Provider
	trap            *trap
	db              *sql.DB
	listen          string
	p               *process
	killed, letters int
	finished        int
	mayComeTwice    map[string]bool
	promised        []string
}

func newKills(t *testing.T, database string) *kills {
	t.Helper()
	listen := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	s := newSite(t, database, "http://"+listen)
	driver, source := "pgx", database
	if path, isFile := strings.CutPrefix(database, "sqlite:"); isFile {
		driver, source = "sqlite", "file:"+path+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return &kills{
		site: s, idp: apptest.Outside(t, s.issuer, s.mails), trap: newTrap(t, s.smtpPort, s.mails), db: db, listen: listen,
		p: s.start(listen), mayComeTwice: map[string]bool{},
	}
}

// letter lets somebody ask for one, kills the process at a step of it, and, half
// of the times, the next process at another step of the second try.
func (k *kills) letter(step string) {
	k.t.Helper()
	k.letters++
	email := fmt.Sprintf("person%d@example.com", k.letters)
	b := k.idp.Browser()
	b.Header.Set("X-Forwarded-For", fmt.Sprintf("10.0.%d.%d", k.letters/250, k.letters%250+1))
	form := b.Open("/login").Form("/login").Set("email", email)
	answered := make(chan struct{})
	dead := k.arm(step, email, answered)
	wait := k.ask(b, form)
	close(answered)
	if step == "recorded" {
		k.settle()
		k.p.kill()
	} else {
		k.await(dead, step)
	}
	k.killed++
	if again := killSteps[1+rand.IntN(len(killSteps)-2)]; k.due() > 0 && k.letters%2 == 0 {
		started := make(chan struct{})
		dead = k.arm(again, email, started)
		k.p = k.start(k.listen)
		close(started)
		k.await(dead, again)
		k.killed++
		k.due()
	}
	k.p = k.start(k.listen)
	if wait == "" {
		return // nobody promised anything
	}
	k.promised = append(k.promised, email)
	mail := k.idp.NextMail(0, email)
	if page := b.EnterCode(b.Open(wait), mail.Code); page.URL.Path != "/account" {
		k.t.Fatalf("killed at %s: the sign-in ends at %s", step, page)
	}
	k.finished++
	k.settle()
}

// arm sets the trap. The kill waits for ready, that is until the form is answered
// or the process has started, but for the step that is about the answer.
func (k *kills) arm(step, email string, ready <-chan struct{}) (dead <-chan struct{}) {
	p, done := k.p, make(chan struct{})
	if behind250[step] {
		k.mayComeTwice[email] = true
	}
	kill := func() bool {
		<-ready
		k.p.kill()
		close(done)
		return false
	}
	switch step {
	case "storing":
		go func() {
			<-time.After(time.Duration(rand.IntN(4_000)) * time.Microsecond)
			p.kill()
			close(done)
		}()
	case "unseen":
		k.trap.set("END", func() bool {
			<-ready
			_ = k.p.cmd.Process.Signal(syscall.SIGSTOP) // it is there
			k.trap.set("TAKEN", kill)
			return true
		})
	case "recorded":
	default:
		k.trap.set(step, kill)
	}
	return done
}

// ask sends the form and returns the address of the waiting page; "" if the
// process died over the answer.
func (k *kills) ask(b *apptest.Browser, form *apptest.Form) string {
	req := b.NewRequest(http.MethodPost, form.Action, form.Values)
	req.AddCookie(&http.Cookie{Name: apptest.BrowserCookie, Value: b.Cookie(apptest.BrowserCookie)})
	req.Header.Set("Origin", k.issuer)
	req.Header.Set("X-Forwarded-For", b.Header.Get("X-Forwarded-For"))
	req.Header.Set("User-Agent", apptest.UserAgent)
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusSeeOther {
		k.t.Fatalf("the form is answered with %s", resp.Status)
	}
	return resp.Header.Get("Location")
}

func (k *kills) await(dead <-chan struct{}, step string) {
	k.t.Helper()
	select {
	case <-dead:
	case <-time.After(time.Minute):
		k.t.Fatalf("nobody came to the trap at %s:\n%s", step, k.p.log)
	}
}

// due lets the leases of the dead process run out, and says how many there were.
func (k *kills) due() int64 {
	k.t.Helper()
	r, err := k.db.ExecContext(k.t.Context(), `UPDATE outbox SET next_at = 1 WHERE state IN ('queued', 'sending', 'deferred')`)
	if err != nil {
		k.t.Fatal(err)
	}
	n, err := r.RowsAffected()
	if err != nil {
		k.t.Fatal(err)
	}
	return n
}

// settle waits until no letter waits.
func (k *kills) settle() {
	k.t.Helper()
	ctx, cancel := context.WithTimeout(k.t.Context(), time.Minute)
	defer cancel()
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	for waiting := 1; waiting > 0; <-look.C {
		if err := k.db.QueryRowContext(ctx, `SELECT COUNT(*) FROM outbox WHERE state IN ('queued', 'sending', 'deferred')`).Scan(&waiting); err != nil {
			k.t.Fatalf("letters wait: %v\n%s", err, k.p.log)
		}
	}
}

// check returns how many letters came twice, and fails the test for those that
// may not have, and for those that never came.
func (k *kills) check() (twice int) {
	k.t.Helper()
	k.trap.mu.Lock()
	defer k.trap.mu.Unlock()
	for _, email := range k.promised {
		if len(k.trap.taken[email]) == 0 {
			k.t.Errorf("the letter to %s is lost", email)
		}
	}
	for email, ids := range k.trap.taken {
		for _, id := range ids[1:] {
			twice++
			if id != ids[0] || id == "" || !k.mayComeTwice[email] {
				k.t.Errorf("%s got %v", email, ids)
			}
		}
	}
	return twice
}
