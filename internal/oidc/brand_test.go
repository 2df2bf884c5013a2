package oidc_test

import (
	"net/http"
	"strings"
	"testing"

	"idp/internal/apptest"
)

// Colour and support of an application stand on its pages, and support in its
// letters.
func TestBrandOnPages(t *testing.T) {
	p := one(t, apptest.Clients(`  - id: branded
    name: Branded
    secrets: [env:BRANDED_SECRET]
    brand_color: "#0b6e4f"
    support: help@branded.example.com
    consent: always
    redirect_uris: ["https://branded.example.com/callback"]
`))
	c := apptest.Confidential("branded")
	shows := func(what string, page *apptest.Page) {
		t.Helper()
		sheet := ""
		page.Elements(func(tag string, attrs map[string]string) bool {
			if tag == "link" && strings.HasPrefix(attrs["href"], "/static/brand-0b6e4f.") {
				sheet = attrs["href"]
			}
			return true
		})
		if page.Attr("support", "href") != "mailto:help@branded.example.com" || sheet == "" || strings.Contains(page.Body, "style=") {
			t.Errorf("%s: support %q, sheet %q: %s", what, page.Attr("support", "href"), sheet, page)
			return
		}
		if reply := p.Do(p.NewRequest(sheet, nil)); reply.Status != http.StatusOK || !strings.Contains(reply.Body, "--accent:#0b6e4f") {
			t.Errorf("%s: %s is %s", what, sheet, reply)
		}
	}
	b, r := p.Browser(), apptest.NewRequest(c)
	login := b.Authorize(r)
	shows("login", login)
	wait, mail := b.Ask(login, ada)
	shows("waiting", wait)
	if !strings.Contains(mail.Text, "Help from Branded: help@branded.example.com") || !strings.Contains(mail.HTML, "help@branded.example.com") {
		t.Errorf("the letter:\n%s", mail.Text)
	}
	shows("consent", b.EnterCode(wait, mail.Code))
	shows("problem", b.Get(r.With("redirect_uri", "https://branded.example.com/other").Path()))
	if page := b.Authorize(apptest.NewRequest(apptest.Always)); page.Attr("support", "href") != "" || strings.Contains(page.Body, "/static/brand-") {
		t.Errorf("an application without a brand: %s", page)
	}
}
