package metrics_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"idp/internal/metrics"
)

func scrape(t *testing.T, r *metrics.Registry, accept string) (text, kind string) {
	t.Helper()
	req := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	req.Header.Set("Accept", accept)
	w := httptest.NewRecorder()
	if err := r.Serve(w, req); err != nil {
		t.Fatal(err)
	}
	return w.Body.String(), w.Header().Get("Content-Type")
}

func newRegistry() *metrics.Registry {
	r := metrics.New()
	r.Counters("a_total", "With \"quotes\".", "who").With("x\"y\\z\n\xff").Add(2)
	r.Counter("b_total", "Nothing yet.")
	h := r.Histograms("c_seconds", "Times.", []time.Duration{10 * time.Millisecond, time.Second}, "route", "class").With("/x", "2xx")
	for _, d := range []time.Duration{time.Millisecond, 10 * time.Millisecond, 500 * time.Millisecond, 2 * time.Second} {
		h.Observe(d)
	}
	r.Read(metrics.Family{Name: "d", Help: "Asked.", Kind: metrics.KindGauge, Labels: []string{"key"}}, func(_ context.Context, emit metrics.Emit) { emit(1.5, "k") })
	r.Read(metrics.Family{Name: "e", Help: "Unknown.", Kind: metrics.KindGauge}, func(context.Context, metrics.Emit) {})
	return r
}

func TestTextFormat(t *testing.T) {
	const series = `a_total{who="x\"y\\z\n?"} 2
# HELP b%[1]s Nothing yet.
# TYPE b%[1]s counter
b_total 0
# HELP c_seconds Times.
# TYPE c_seconds histogram
c_seconds_bucket{route="/x",class="2xx",le="0.01"} 2
c_seconds_bucket{route="/x",class="2xx",le="1"} 3
c_seconds_bucket{route="/x",class="2xx",le="+Inf"} 4
c_seconds_sum{route="/x",class="2xx"} 2.511
c_seconds_count{route="/x",class="2xx"} 4
# HELP d Asked.
# TYPE d gauge
d{key="k"} 1.5
`
	for _, c := range []struct{ accept, kind, suffix, quoted, end string }{
		{"", "text/plain; version=0.0.4; charset=utf-8", "_total", `"quotes"`, ""},
		{"application/openmetrics-text;version=1.0.0,text/plain;q=0.5", "application/openmetrics-text; version=1.0.0; charset=utf-8", "", `\"quotes\"`, "# EOF\n"},
	} {
		text, kind := scrape(t, newRegistry(), c.accept)
		want := fmt.Sprintf("# HELP a%[1]s With %[2]s.\n# TYPE a%[1]s counter\n"+series, c.suffix, c.quoted) + c.end
		if text != want || kind != c.kind {
			t.Errorf("%s:\n%s\nwant\n%s", kind, text, want)
		}
	}
}

// Strangers choose names; a family must not grow with them.
func TestBoundedSeries(t *testing.T) {
	r := metrics.New()
	c := r.Counters("a_total", "Flooded.", "client", "limit")
	var wg sync.WaitGroup
	for part := range 4 {
		wg.Go(func() {
			for i := range 10_000 {
				c.With(fmt.Sprintf("client-%d-%d", part, i), "x").Inc()
			}
		})
	}
	wg.Wait()
	text, _ := scrape(t, r, "")
	if n := strings.Count(text, "\na_total{"); n != 2000 {
		t.Errorf("%d series", n)
	}
	if c.With("other", "other").Value() != 40_000-1999 {
		t.Errorf("%d are counted as others", c.With("other", "other").Value())
	}
}

func TestCountingIsCheap(t *testing.T) {
	r := metrics.New()
	c := r.Counters("a_total", "", "method", "outcome", "client")
	h := r.Histograms("b_seconds", "", []time.Duration{time.Millisecond, time.Second}, "route").With("/x")
	c.With("code", "ok", "web")
	if n := testing.AllocsPerRun(1000, func() {
		c.With("code", "ok", "web").Inc()
		h.Observe(2 * time.Millisecond)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestProcess(t *testing.T) {
	r := metrics.New()
	r.Process("1.2.3", time.Unix(1_700_000_000, 0))
	text, _ := scrape(t, r, "")
	for _, want := range []string{`idp_build_info{version="1.2.3"} 1`, "process_start_time_seconds 1700000000\n", "\ngo_goroutines ", "\ngo_gc_cycles_total ", "\ngo_memstats_heap_inuse_bytes "} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestTwiceTheSameName(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a second family of one name is accepted")
		}
	}()
	r := metrics.New()
	r.Counter("a_total", "")
	r.Counter("a_total", "")
}
