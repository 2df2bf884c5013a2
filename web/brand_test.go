package web_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"idp/internal/colour"
	"idp/web"
)

// sheetIn is the address of the brand's sheet on a page; "" for none.
func sheetIn(t *testing.T, p *web.Pages, b web.Brand) string {
	t.Helper()
	w := httptest.NewRecorder()
	if err := p.Render(w, httptest.NewRequest("GET", "/", nil), 200, web.Page{Name: "problem", Title: "x", App: "App", Brand: b, Data: &web.Problem{Title: "x"}}); err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`/static/brand-[^"]*`).FindString(w.Body.String())
}

func serve(p *web.Pages, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	p.Asset(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

// A brand's colour comes in a file of its own, under a name that says what is in it.
func TestBrandSheet(t *testing.T) {
	t.Parallel()
	p, err := web.Load(web.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if at := sheetIn(t, p, web.Brand{}); at != "" {
		t.Errorf("without a colour: %s", at)
	}
	at := sheetIn(t, p, web.Brand{Color: "#0b6e4f"})
	got := serve(p, at)
	if got.Code != 200 || !strings.HasPrefix(got.Header().Get("Content-Type"), "text/css") || !strings.Contains(got.Header().Get("Cache-Control"), "immutable") {
		t.Fatalf("%s: %d %v", at, got.Code, got.Header())
	}
	light, dark, _ := strings.Cut(got.Body.String(), "prefers-color-scheme: dark")
	if !strings.Contains(light, "--accent:#0b6e4f;") || !strings.Contains(light, "--accent-ink:#ffffff;") || strings.Contains(dark, "--accent:#0b6e4f;") {
		t.Errorf("the sheet is %s", got.Body)
	}
	for _, other := range []string{strings.Replace(at, "0b6e4f", "0b6e50", 1), "/static/brand-0b6e4f.css", "/static/brand-.css", "/static/brand-x}.00000000.css", "/static/brand-0b6e4f.00000000.css", at + ".css"} {
		if w := serve(p, other); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", other, w.Code)
		}
	}
}

// What colours are computed against is what the sheet says.
func TestBackgroundsAreThoseOfTheSheet(t *testing.T) {
	t.Parallel()
	css, err := os.ReadFile("static/app.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, _ := strings.Cut(string(css), "prefers-color-scheme: dark")
	for sheet, backgrounds := range map[string][]colour.Colour{light: colour.Light, dark: colour.Dark} {
		if !strings.Contains(sheet, "--card: "+backgrounds[0].String()+";") || !strings.Contains(sheet, "--bg: "+backgrounds[1].String()+";") {
			t.Errorf("the sheet has other backgrounds than %v", backgrounds)
		}
	}
}
