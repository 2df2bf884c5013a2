package year_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/audit"
	"idp/internal/inbox"
	"idp/internal/testdb"
)

const day = 24 * time.Hour

// world is an installation, its people and everything around it.
type world struct {
	*apptest.Provider
	t    *testing.T
	kind string // of the database

	file     string        // the configuration of every replica
	settings settings      // that it says
	proxy    *testdb.Proxy // between the replicas and PostgreSQL; nil with SQLite
	front    *httptest.Server
	mails    [2]*mailServer

	replicas []*replica // that serve now
	mu       sync.Mutex
	serving  []*replica // the same, for requests
	turn     int        // of the next request
	people   []*person
	party    *relyingParty
	backup   *saved
	anchors  []audit.Anchor
	troubles []trouble
	busy     *grant    // is used all the time
	idle     [2]*grant // one is used on its thirteenth day, one is not
	oldUntil time.Time // when nothing is left that the old root secret made

	signIns, refreshes, refused int
}

// newWorld is an installation that was upgraded from an older schema.
func newWorld(t *testing.T, kind string, people int) *world {
	t.Helper()
	held := upgraded(t)
	w := &world{t: t, kind: kind, settings: settings{secret: "OLD", name: "Web"}}
	url := held.load(t, kind)
	if kind == "postgres" {
		w.proxy = testdb.NewProxy(t, url)
		url = w.proxy.URL
	}
	store := inbox.NewStore(inbox.Limits{})
	w.openFront()
	w.Provider = apptest.Outside(t, w.front.URL, store)
	w.Database, w.Clock, w.Logs = url, apptest.NewClock(held.At), &apptest.Logs{}
	for i := range w.mails {
		w.mails[i] = newMailServer(t, store, w.Logs)
	}
	w.file = t.TempDir() + "/idp.yaml"
	w.write()
	w.start()
	w.party = &relyingParty{w: w}
	for i := range people {
		w.people = append(w.people, newPerson(w, i))
	}
	w.party.look()
	held.works(w)
	return w
}

// now is the time by the clock of everybody.
func (w *world) now() time.Time { return w.Clock.Now() }

// ahead is how long before the end of a leap applications look at the keys: not so
// long that they would look again.
const ahead = 2 * time.Minute

// pass lets time go by, and every replica do its jobs.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	w.rest()
	w.Clock.Advance(d - ahead)
	w.party.look()
	w.Clock.Advance(ahead)
	w.jobs()
	w.party.verifyKept()
	w.refreshAlways()
}

func (w *world) jobs() {
	w.t.Helper()
	for _, r := range w.replicas {
		if err := r.app.RunJobs(w.t.Context()); err != nil {
			w.t.Fatalf("%s: jobs: %v", w.date(), err)
		}
	}
}

// rest waits until no letter is under way, or its lease would be over after a leap.
func (w *world) rest() {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 10*time.Second)
	defer cancel()
	for {
		written := w.Logs.Next()
		next, err := w.App.Store.NextLetterAt(ctx, w.now())
		if err != nil {
			w.t.Fatalf("%s: letters: %v", w.date(), err)
		}
		if next.IsZero() {
			return
		}
		select {
		case <-written:
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (w *world) date() string { return w.now().Format(time.DateTime) }

// errorf reports what went wrong, with its day.
func (w *world) errorf(format string, args ...any) {
	w.t.Helper()
	w.t.Errorf(w.date()+": "+format, args...)
}

// aftermath is for what is still under way when a trouble is over.
const aftermath = 500 * time.Millisecond

// causes does what makes the provider report errors, which are promised then.
func (w *world) causes(what func()) {
	w.t.Helper()
	began := time.Now()
	what()
	w.troubles = append(w.troubles, trouble{began, time.Now().Add(aftermath)})
}

// trouble is a time, by the real clock, in which the script causes errors.
type trouble struct{ from, to time.Time }

// faults are the errors that the script did not cause.
func (w *world) faults() []string {
	return slices.DeleteFunc(w.Logs.Faults(), func(line string) bool {
		var at struct{ Time time.Time }
		if err := json.Unmarshal([]byte(line), &at); err != nil {
			w.t.Fatal(err)
		}
		return slices.ContainsFunc(w.troubles, func(t trouble) bool { return !at.Time.Before(t.from) && at.Time.Before(t.to) })
	})
}

// anchor notes the end of the audit log, as the log of a server does.
func (w *world) anchor() {
	_, last, err := w.App.Store.AuditEnds(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	if last.Seq > 0 {
		w.anchors = append(w.anchors, audit.Anchor{Seq: last.Seq, Hash: last.Hash})
	}
}

// verify walks along the audit log.
func (w *world) verify(anchors []audit.Anchor) audit.Report {
	w.t.Helper()
	ring, err := w.settings.keyring()
	if err != nil {
		w.t.Fatal(err)
	}
	keys, err := audit.LoadKeys(w.t.Context(), w.App.Store, ring)
	if err != nil {
		w.t.Fatal(err)
	}
	report, err := audit.Verify(w.t.Context(), w.App.Store, keys, anchors...)
	if err != nil {
		w.t.Fatal(err)
	}
	return report
}

// userID is the id of a person.
func (w *world) userID(email string) string {
	w.t.Helper()
	a, err := w.App.Store.Account(w.t.Context(), email)
	if err != nil {
		w.t.Fatalf("%s: %s: %v", w.date(), email, err)
	}
	return a.ID
}
