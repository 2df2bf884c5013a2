package inbox

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestEmptyListSaysHowItFills(t *testing.T) {
	t.Parallel()
	site := newSite(t, NewStore(Limits{}), Options{AppName: "the shop", AppURL: "https://shop.example.com/"})
	a := get(t, site+"/")
	wantStatus(t, a, http.StatusOK)
	wantText(t, a, "No mail yet", "Sign in at the shop and the mail appears here.",
		`href="https://shop.example.com/"`, "Open the shop", ">Refresh</a>", `<html lang="en">`)
	if strings.Contains(a.body, "Delete") {
		t.Error("offers to delete nothing")
	}
	wantText(t, get(t, newSite(t, NewStore(Limits{}), Options{})+"/"),
		"<title>Mailbox</title>", "Sign in at the demo application and the mail appears here.")
}

func TestListShowsWhatArrivedBySMTP(t *testing.T) {
	t.Parallel()
	store := NewStore(Limits{})
	site, addr := newSite(t, store, Options{}), newSMTPAddr(t, store)
	_, raw := newMail("a@example.com", "first & <foremost>")
	mustSend(t, addr, "a@example.com", raw)
	_, raw = newMail("b@example.com", "second")
	mustSend(t, addr, "b@example.com", raw)
	a := get(t, site+"/")
	wantStatus(t, a, http.StatusOK)
	wantText(t, a, "<title>(2) Mailbox</title>", "2 messages", "first &amp; &lt;foremost&gt;", "second",
		"Identity to <b>b@example.com</b>", "Hello b@example.com.", "Delete 2 messages")
	if strings.Index(a.body, "second") > strings.Index(a.body, "foremost") {
		t.Error("the newest mail is not first")
	}
	if latest, _ := store.Get(Latest); !strings.Contains(a.body, `href="/message/`+latest.ID+`"`) {
		t.Error("no link to the message")
	}
}

func TestListPages(t *testing.T) {
	t.Parallel()
	store := NewStore(Limits{})
	for i := range 51 {
		mustAdd(t, store, "a@example.com", fmt.Sprintf("number %d.", i))
	}
	site := newSite(t, store, Options{})
	first, second := get(t, site+"/"), get(t, site+"/?start=50")
	wantText(t, first, "51 messages", "number 50.", "number 1.", `href="/?start=50">Older`)
	wantText(t, second, "51 messages", "number 0.", `href="/?start=0">Newer`)
	if strings.Contains(first.body, "number 0.") || strings.Contains(second.body, "number 1.") {
		t.Error("the pages overlap")
	}
	wantText(t, get(t, site+"/?start=100"), "There is nothing older.")
}

func TestMessageViews(t *testing.T) {
	t.Parallel()
	store := NewStore(Limits{})
	m, err := store.Add(Envelope{From: "bounce@example.com", To: []string{"a@example.com"}}, crlf(letter))
	if err != nil {
		t.Fatal(err)
	}
	url := newSite(t, store, Options{}) + "/message/" + m.ID
	tests := []struct {
		path, tab string
		texts     []string
	}{
		{"", "HTML", []string{`src="/message/` + m.ID + `/html"`, `sandbox="` + mailSandbox + `"`}},
		{"/text", "Text", []string{`Grüße: <a href="https://example.com/login?token=abcdef">https://example.com/login?token=abcdef</a>`}},
		{"/headers", "Headers", []string{"<dt>Message-ID</dt><dd>&lt;letter@example.com&gt;</dd>"}},
		{"/source", "Source", []string{"PHA&#43;R3LDvMOfZTwv\r\ncD4=", "raw?dl=1"}},
	}
	for _, test := range tests {
		a := get(t, url+test.path)
		wantStatus(t, a, http.StatusOK)
		wantText(t, a, test.texts...)
		wantText(t, a, "<title>Grüße und Küsse · Mailbox</title>", "<h1>Grüße und Küsse</h1>",
			"Jörg &lt;idp@example.com&gt;", "notes.txt (4 bytes)", `aria-current="page">`+test.tab+`</a>`)
		if n := strings.Count(a.body, "aria-current"); n != 1 {
			t.Errorf("%s marks %d tabs", test.tab, n)
		}
	}
}

func TestMessageWithoutHTMLShowsItsText(t *testing.T) {
	t.Parallel()
	store := NewStore(Limits{})
	mustAdd(t, store, "a@example.com", "")
	a := get(t, newSite(t, store, Options{})+"/message/latest")
	wantStatus(t, a, http.StatusOK)
	wantText(t, a, "(no subject)", "Hello a@example.com.", `aria-current="page">Text</a>`)
	if strings.Contains(a.body, ">HTML</a>") || strings.Contains(a.body, "<iframe") {
		t.Error("shows an HTML view the mail has not")
	}
}

func TestNotFound(t *testing.T) {
	t.Parallel()
	store := NewStore(Limits{Messages: 7})
	mustAdd(t, store, "a@example.com", "no html")
	site := newSite(t, store, Options{})
	for _, path := range []string{"/message/gone", "/message/gone/text", "/message/gone/html",
		"/message/latest/html", "/message/latest/other", "/elsewhere"} {
		a := get(t, site+path)
		wantStatus(t, a, http.StatusNotFound)
		wantText(t, a, "not here", "newest 7 messages", `href="/"`)
	}
	for _, path := range []string{"/assets/", "/assets/none.css", "/assets/..%2ftemplates%2flist.html"} {
		if a := get(t, site+path); a.status == http.StatusOK {
			t.Errorf("%s is served", path)
		}
	}
}

func TestDeleteAllIsAPost(t *testing.T) {
	t.Parallel()
	store := NewStore(Limits{})
	mustAdd(t, store, "a@example.com", "one")
	site := newSite(t, store, Options{})
	if a := get(t, site+"/delete"); a.status != http.StatusNotFound || store.Len() != 1 {
		t.Errorf("GET /delete: %d, %d mails left", a.status, store.Len())
	}
	a := ask(t, http.MethodPost, site+"/delete", "")
	wantStatus(t, a, http.StatusSeeOther)
	if a.header.Get("Location") != "/" || store.Len() != 0 {
		t.Errorf("POST /delete: to %q, %d mails left", a.header.Get("Location"), store.Len())
	}
}

func TestAssets(t *testing.T) {
	t.Parallel()
	site := newSite(t, NewStore(Limits{}), Options{})
	for name, mediaType := range map[string]string{
		"inbox.css": "text/css", "inbox.js": "text/javascript", "icon.svg": "image/svg+xml",
	} {
		a := get(t, site+"/assets/"+name)
		if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), mediaType) {
			t.Errorf("%s: %d %s", name, a.status, a.header.Get("Content-Type"))
		}
	}
	if a := get(t, site+"/assets/inbox.css"); len(a.body) > 12<<10 {
		t.Errorf("the sheet has %d bytes, the house allows 12 KB", len(a.body))
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	if got := clock(m0.Add(-time.Hour), m0); got != "11:00:00" {
		t.Errorf("today: %q", got)
	}
	if got := clock(m0.Add(-24*time.Hour), m0); got != "19 Mar, 12:00" {
		t.Errorf("yesterday: %q", got)
	}
}
