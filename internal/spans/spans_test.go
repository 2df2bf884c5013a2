package spans_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"idp/internal/spans"
)

// collector is a real server that keeps what it is sent.
type collector struct {
	*httptest.Server
	mu     sync.Mutex
	bodies []string
	seen   http.Header
	status int
}

func newCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{status: http.StatusOK}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.bodies, c.seen = append(c.bodies, r.URL.Path+"\n"+string(body)), r.Header
		w.WriteHeader(c.status)
	}))
	t.Cleanup(c.Close)
	return c
}

// run makes spans with a tracer and returns it when all are sent.
func (c *collector) run(sample float64, work func(*spans.Tracer)) *spans.Tracer {
	tr := spans.New(spans.Options{
		Endpoint: c.URL, Sample: sample, Headers: map[string]string{"Authorization": "Bearer x"}, Version: "1", HTTP: c.Client(), Log: slog.New(slog.DiscardHandler),
	})
	work(tr)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	tr.Run(ctx)
	return tr
}

const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

func TestSpansArriveAsOTLP(t *testing.T) {
	t.Parallel()
	c := newCollector(t)
	c.run(0, func(tr *spans.Tracer) { // the parent decides
		ctx, s := tr.Request(context.Background(), "GET", parent)
		_, below := tr.Start(ctx, "SELECT users", spans.Client)
		below.Fail()
		below.End()
		s.Rename("GET /authorize")
		s.Set("http.route", "/authorize")
		s.Set("empty", "")
		s.SetNumber("http.response.status_code", 303)
		s.End()
	})
	if len(c.bodies) != 1 || c.seen.Get("Authorization") != "Bearer x" || c.seen.Get("Content-Type") != "application/json" {
		t.Fatalf("%q %v", c.bodies, c.seen)
	}
	path, body, _ := strings.Cut(c.bodies[0], "\n")
	var got struct {
		ResourceSpans []struct {
			Resource   struct{ Attributes []any }
			ScopeSpans []struct{ Spans []map[string]any }
		}
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil || path != "/v1/traces" {
		t.Fatal(path, err)
	}
	list := got.ResourceSpans[0].ScopeSpans[0].Spans
	child, root := list[0], list[1]
	if root["traceId"] != "0af7651916cd43dd8448eb211c80319c" || root["parentSpanId"] != "b7ad6b7169203331" || root["name"] != "GET /authorize" || root["kind"] != 2.0 {
		t.Errorf("root: %v", root)
	}
	if child["traceId"] != root["traceId"] || child["parentSpanId"] != root["spanId"] || child["kind"] != 3.0 || child["status"] == nil {
		t.Errorf("child: %v", child)
	}
	for _, want := range []string{`{"key":"http.response.status_code","value":{"intValue":"303"}}`, `{"key":"service.name","value":{"stringValue":"idp"}}`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
	if strings.Contains(body, "empty") || len(root["startTimeUnixNano"].(string)) != 19 {
		t.Error(body)
	}
}

func TestWhoDecides(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, traceparent string
		sample            float64
		want              bool
	}{
		{"nobody, always", "", 1, true},
		{"nobody, never", "", 0, false},
		{"sampled", parent, 0, true},
		{"not sampled", strings.TrimSuffix(parent, "01") + "00", 1, false},
		{"zeros", "00-00000000000000000000000000000000-b7ad6b7169203331-01", 0, false},
		{"no span", "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", 0, false},
		{"capitals", strings.ToUpper(parent), 0, false},
		{"forbidden version", "ff" + parent[2:], 0, false},
		{"later version", "01" + parent[2:] + "-more", 0, true},
		{"too long", parent + "-more", 0, false},
		{"short", parent[:54], 0, false},
		{"not hex", strings.Replace(parent, "0af7", "0xf7", 1), 0, false},
	} {
		tr := spans.New(spans.Options{Sample: c.sample})
		ctx, s := tr.Request(context.Background(), "GET", c.traceparent)
		_, below := tr.Start(ctx, "work", spans.Internal)
		if (s != nil) != c.want || (below != nil) != c.want {
			t.Errorf("%s: %v %v", c.name, s, below)
		}
	}
}

// A collector that is slow, gone or refuses costs spans and nothing else.
func TestWhatDoesNotFitIsDropped(t *testing.T) {
	t.Parallel()
	c := newCollector(t)
	many := func(tr *spans.Tracer) {
		for range 5000 {
			_, s := tr.Start(context.Background(), "work", spans.Internal)
			s.End()
		}
	}
	if sent, dropped, failed := c.run(1, many).Counts(); sent != 4096 || dropped != 904 || failed != 0 {
		t.Errorf("%d sent, %d dropped, %d failed", sent, dropped, failed)
	}
	c.status = http.StatusServiceUnavailable
	if sent, _, failed := c.run(1, many).Counts(); sent != 0 || failed != 512 {
		t.Errorf("%d sent, %d failed", sent, failed)
	}
}

func TestOffCostsNothing(t *testing.T) {
	var tr *spans.Tracer
	ctx := context.Background()
	if n := testing.AllocsPerRun(100, func() {
		ctx, s := tr.Request(ctx, "GET", parent)
		_, below := tr.Start(ctx, "work", spans.Internal)
		below.Set("a", "b")
		below.End()
		s.End()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
