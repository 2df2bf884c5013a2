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
		w := newWorld(t, kind, prove.Count(6, 24))
		steps := prove.Count(2, 8)
		happened := 0
		for d := range 365 {
			for step := range steps {
				w.pass(day / time.Duration(steps))
				if event, ok := calendar[w.now().Format("01-02")]; ok && step == 0 {
					event(w)
					happened++
				}
				for i, p := range w.people {
					if i%steps == step {
						p.live(d)
					}
				}
			}
			if d%7 == 6 {
				w.refreshWeekly()
				w.anchor()
			}
			if t.Failed() {
				t.FailNow()
			}
		}
		if happened != len(calendar) {
			t.Errorf("%d of %d events happened", happened, len(calendar))
		}
		w.end()
		prove.Figure(t, fmt.Sprintf("365 days on %s with %d people: %d sign-ins by mail, %d refreshes, %d ID tokens verified under %d keys", kind, len(w.people), w.signIns, w.refreshes, w.party.checks, len(w.party.kids)),
			"each as its lifetimes say; %d refresh tokens refused at their end", w.refused)
	})
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
