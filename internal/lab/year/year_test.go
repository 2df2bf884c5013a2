package year_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"idp/internal/prove"
	"idp/internal/testdb"
)

// A year of an installation. Whatever happens to it, people sign in.
func TestAYear(t *testing.T) {
	t.Parallel()
	testdb.EachKind(t, func(t *testing.T, kind string) {
		step := 20 * time.Hour
		if prove.Long() {
			step = 4 * time.Hour
		}
		w := newWorld(t, kind, prove.Count(6, 30))
		w.live(step)
		w.end()
		prove.Figure(t, fmt.Sprintf("365 days on %s with %d people: %d sign-ins by mail, %d refreshes, %d ID tokens verified under %d keys", kind, len(w.people), w.signIns, w.refreshes, w.party.checks, len(w.party.kids)),
			"each as its lifetimes say; %d refresh tokens refused at their end", w.refused)
	})
}

// live lets a year go by, in steps of less than a day.
func (w *world) live(step time.Duration) {
	w.t.Helper()
	d, nth, today, happened := 0, 0, "", 0
	for end := w.now().Add(365 * day); w.now().Before(end); nth++ {
		w.pass(step)
		if date := w.now().Format("01-02"); date != today {
			d, nth, today = d+1, 0, date
			if event, ok := calendar[date]; ok {
				event(w)
				happened++
			}
			w.weekly(d)
		}
		for i, p := range w.people {
			if i%int(day/step) == nth {
				p.live(d)
			}
		}
		if w.t.Failed() {
			w.t.FailNow()
		}
	}
	if happened != len(calendar) {
		w.t.Errorf("%d of %d events happened", happened, len(calendar))
	}
}

// weekly is what happens by itself.
func (w *world) weekly(d int) {
	if d%7 == 6 {
		w.refreshWeekly()
		w.anchor()
	}
}

// end looks at what a year has left behind.
func (w *world) end() {
	w.t.Helper()
	w.rest()
	w.jobs()
	w.bounded()
	w.anchor()
	if report := w.verify(w.anchors); len(report.Faults) > 0 || report.Waiting > 0 || report.First == 0 || report.Events < 100 {
		w.errorf("audit log: %+v", report)
	}
	for _, p := range w.people {
		w.signInAnew(p)
	}
	if r := w.Get("/.well-known/openid-configuration", ""); r.Status != http.StatusOK || r.Text("issuer") != w.front.URL || r.Text("jwks_uri") != w.front.URL+"/jwks.json" {
		w.errorf("discovery: %s", r)
	}
	w.party.look()
	algorithms := map[string]bool{}
	for _, k := range w.party.keys.Keys {
		algorithms[k.Algorithm] = true
		if !k.IsPublic() || !k.Valid() {
			w.errorf("the key %s is not a good public key", k.KeyID)
		}
	}
	if len(algorithms) != 4 || len(w.party.keys.Keys) > 2*4 || len(w.party.kids) < 2*4 {
		w.errorf("%d algorithms, %d keys; %d keys signed", len(algorithms), len(w.party.keys.Keys), len(w.party.kids))
	}
	w.rest()
	if faults := w.faults(); len(faults) > 0 {
		w.errorf("the provider had faults of its own:\n%s", strings.Join(faults, "\n"))
	}
}
