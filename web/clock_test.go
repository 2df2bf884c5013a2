package web_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"idp/web"
)

// A time reads well without script: with its zone, and with its day unless that
// is today.
func TestTimesAreToldWithTheirZone(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 30, 0, 0, time.UTC)
	p, err := web.Load(web.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	for want, at := range map[string]time.Time{
		`<time datetime="2026-11-21T12:42:00Z" data-clock>12:42 UTC</time>`:              time.Date(2026, 11, 21, 12, 42, 30, 0, time.UTC).Truncate(time.Minute),
		`<time datetime="2026-11-20T23:59:00Z" data-clock>20 Nov, 23:59 UTC</time>`:      time.Date(2026, 11, 21, 0, 59, 0, 0, time.FixedZone("CET", 3600)),
		`<time datetime="2025-11-21T12:30:00Z" data-clock>21 Nov 2025, 12:30 UTC</time>`: now.AddDate(-1, 0, 0),
	} {
		w := httptest.NewRecorder()
		if err := p.Render(w, httptest.NewRequest("GET", "/", nil), 410, web.Page{Name: "problem", Title: "x", Data: &web.Problem{Title: "x", EndedAt: at}}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(w.Body.String(), "It was good until "+want+".") {
			t.Errorf("no %s in %s", want, w.Body)
		}
	}
}

// There is one way to tell a time: the part "time". "In 8 minutes" goes stale on
// a page that stays open, so it stands only where a countdown takes over, or
// where no script could.
func TestTemplatesTellTimesInOneWay(t *testing.T) {
	names, err := filepath.Glob("templates/pages/*.html")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	relative := regexp.MustCompile(`(<span data-countdown="[^>]*>|<noscript>[^/]*)\{\{until`)
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(src), "{{clock") || strings.Contains(string(src), "<time") {
			t.Errorf("%s tells a time without the part", name)
		}
		if n := strings.Count(string(src), "{{until"); n != len(relative.FindAll(src, -1)) {
			t.Errorf("%s: a relative time without a countdown", name)
		}
	}
}
