package meters_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"idp/internal/idp"
	"idp/internal/meters"
	"idp/internal/metrics"
	"idp/internal/reqlog"
)

func newMeters() (*metrics.Registry, *meters.Meters) {
	r := metrics.New()
	m := meters.New(r, func(id string) bool { return id == "web" || id == "phone" })
	m.Routes("/authorize", "/oauth/token", "/login/c/{challenge}")
	return r, m
}

func text(t *testing.T, r *metrics.Registry) string {
	t.Helper()
	w := httptest.NewRecorder()
	if err := r.Serve(w, httptest.NewRequest(http.MethodGet, "/metrics", nil)); err != nil {
		t.Fatal(err)
	}
	return w.Body.String()
}

func TestEventsAreCounted(t *testing.T) {
	r, m := newMeters()
	for _, e := range []struct {
		route, outcome, client string
		status                 int
	}{
		{"/login/c/{challenge}", "login.code_redeemed", "web", 303},
		{"/login/c/{challenge}", "login.code_refused", "", 303},
		{"/login/c/{challenge}", "login.code_refused", "", 503},      // the database was away: nobody guesses
		{"/authorize/continue", "authorize.code_issued", "web", 303}, // counted at its code
		{"/authorize", "authorize.code_issued", "web", 303},
		{"/authorize", "authorize.code_issued", "https://stranger.test/app", 303},
		{"/oauth/token", "token.refreshed", "web", 200},
		{"/oauth/token", "token.refresh_reused", "web", 400},
		{"/nowhere", "", "", 404},
	} {
		m.Request(e.route, e.status, time.Millisecond, &reqlog.Event{Outcome: e.outcome, ClientID: e.client})
	}
	m.Request("/login", 429, time.Millisecond, &reqlog.Event{Err: fmt.Errorf("start: %w", &idp.LimitedError{Limit: "send_per_ip"})})
	m.Mail("mail", "accepted", 40*time.Millisecond)
	m.Mailed(20 * time.Second)
	m.Call("logout", 204, time.Second)
	m.Call("logout", 0, time.Second)
	m.Purged(7)
	out := text(t, r)
	for _, want := range []string{
		`idp_logins_total{method="code",outcome="ok",client="web"} 1`, `idp_logins_total{method="code",outcome="refused",client="none"} 1`, `idp_logins_total{method="code",outcome="failed",client="none"} 1`,
		`idp_logins_total{method="session",outcome="ok",client="web"} 1`, `idp_logins_total{method="session",outcome="ok",client="other"} 1`,
		`idp_tokens_total{event="refresh"} 1`, `idp_tokens_total{event="refresh_reused"} 1`, `idp_tokens_total{event="code"} 0`,
		`idp_limits_hit_total{limit="send_per_ip"} 1`, "idp_purged_rows_total 7",
		`idp_request_seconds_count{route="/authorize",class="3xx"} 2`, `idp_request_seconds_count{route="(none)",class="4xx"} 2`,
		`idp_mail_try_seconds_bucket{provider="mail",outcome="accepted",le="0.05"} 1`, `idp_mail_try_seconds_bucket{provider="mail",outcome="accepted",le="0.01"} 0`,
		`idp_mail_wait_seconds_bucket{le="10"} 0`, `idp_mail_wait_seconds_bucket{le="30"} 1`, "idp_mail_wait_seconds_count 1",
		`idp_outgoing_request_seconds_count{purpose="logout",outcome="2xx"} 1`, `idp_outgoing_request_seconds_count{purpose="logout",outcome="failed"} 1`,
	} {
		if !strings.Contains(out, want+"\n") {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
}

// Whoever sends names of their own must not make series: that is how monitoring
// falls over before the provider does.
func TestStrangersMakeNoSeries(t *testing.T) {
	r, m := newMeters()
	outcomes := []string{"login.code_redeemed", "login.link_refused", "authorize.code_issued", "token.refreshed", "refused.invalid_client"}
	for i := range 10_000 {
		name := fmt.Sprintf("https://host%d.test/client", i)
		m.Request(name, 200+i%400, time.Duration(i)*time.Microsecond, &reqlog.Event{Outcome: outcomes[i%len(outcomes)], ClientID: name})
		m.Request("/authorize", 303, time.Millisecond, &reqlog.Event{Outcome: fmt.Sprint("made.up.", i), ClientID: "web"})
	}
	out := text(t, r)
	series := 0
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "#") {
			series++
		}
	}
	if strings.Contains(out, "host1") || strings.Contains(out, "made.up") {
		t.Error("a stranger's name is a label")
	}
	if series > 120 {
		t.Errorf("%d series:\n%s", series, out)
	}
}

func TestCountingARequestIsCheap(t *testing.T) {
	_, m := newMeters()
	e := &reqlog.Event{Outcome: "login.code_redeemed", ClientID: "web"}
	count := func() { m.Request("/login/c/{challenge}", 200, 3*time.Millisecond, e) }
	if n := testing.AllocsPerRun(1000, count); n != 0 {
		t.Errorf("%v allocations", n)
	}
	best := time.Hour
	for range 20 { // the best of some rounds: others work on this machine
		began := time.Now()
		for range 1000 {
			count()
		}
		best = min(best, time.Since(began)/1000)
	}
	if best > time.Microsecond*10 { // a tenth of that on an idle machine, without the race detector
		t.Errorf("counting a request takes %v", best)
	}
	t.Logf("counting a request takes %v", best)
}
