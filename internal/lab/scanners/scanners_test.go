package scanners_test

import (
	"fmt"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"idp/internal/apptest"
	"idp/internal/lab/chromium"
	"idp/internal/prove"
	"idp/internal/testdb"
)

// profile is one kind of scanner.
type profile struct {
	name string
	act  func(*scanner, apptest.Mail)
	// human says that it does all that a person does, so that it comes to a session
	// of its own: one whose mailbox signs in whoever presses. The link is spent then.
	human bool
}

var profiles = []profile{
	{"HEAD", head, false},
	{"one GET", get, false},
	{"ten GETs at once", burst, false},
	{"GET as every kind of prefetch", prefetch, false},
	{"GET and every link of the page", links, false},
	{"GET and every form, without cookies", forms, false},
	{"GET and every form, with cookies, twice", formsWithCookies, false},
	{"POST at once", post, false},
	{"GET, and its form after 5 s, with cookies", postLater, false},
	{"Chromium: loads", opened("", nothing), false},
	{"Chromium: lets scripts run for 5 s", runScripts, false},
	{"Chromium: clicks all by script", opened("", byScript), false},
	{"Chromium: clicks by trusted events", opened("", byMouse), false},
	{"Chromium: submits forms by script", opened("", requestSubmit), false},
	{"Chromium: Tab and Enter", opened("", byKeyboard), false},
	{"Chromium: four at once", together, false},
	{"Chromium, named a desktop: clicks by trusted events at once", opened(chromium.DesktopAgent, byMouse), false},
	{"Chromium, named a desktop: by trusted events after 2 s", opened(chromium.DesktopAgent, byMouseLater), true},
	{"Chromium, named a desktop: \"not me\" by trusted events after 2 s", notMeOnly, false},
	{"Chromium: every address of the mail, and clicks by script", everything, false},
}

// row is what a profile came to in all its runs.
type row struct{ letters, held, stored, byLink, byCode int }

// Whatever a scanner does with a letter, its reader still signs in; and none that
// does less than a person comes to a session.
func TestReadersSignInAfterScanners(t *testing.T) {
	runs := prove.Count(1, 20)
	p, c := apptest.New(t, testdb.URL(t, "sqlite")), chromium.Start(t)
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "profile\tletters\tsessions held\tby link\tby code")
	for i, kind := range profiles {
		var r row
		start := time.Now()
		for n := range runs {
			r.byLink += scan(t, p, c, kind, fmt.Sprintf("link%d.%d@example.com", i, n), &r, (*apptest.Browser).PressLink)
			r.byCode += scan(t, p, c, kind, fmt.Sprintf("code%d.%d@example.com", i, n), &r, nil)
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d of %d\t%d of %d\n", kind.name, r.letters, r.held, r.byLink, runs, r.byCode, runs)
		t.Logf("%s: %s", kind.name, time.Since(start).Round(10*time.Millisecond))
		want := row{letters: 2 * runs, byLink: runs, byCode: runs}
		if kind.human {
			want.held, want.stored, want.byLink = 2*runs, 2*runs, 0
		}
		if r != want {
			t.Errorf("%s: %+v, want %+v", kind.name, r, want)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	t.Logf("\n%s", &table)
	prove.Figure(t, fmt.Sprintf("%d scanners, %d letters each", len(profiles), 2*runs), "every reader signed in; none that does less than a person held a session")
}

// scan lets a scanner at a letter, then its reader; it returns 1 if the reader
// comes to the application. press is how: nil means by code.
func scan(t *testing.T, p *apptest.Provider, c *chromium.Browser, kind profile, email string, r *row, press func(*apptest.Browser, string) *apptest.Page) int {
	t.Helper()
	reader := p.Browser()
	wait, mail := reader.Ask(reader.Authorize(apptest.NewRequest(apptest.Web)), email)
	s := &scanner{t: t, p: p, chromium: c}
	kind.act(s, mail)
	r.letters++
	r.held += s.sessions()
	r.stored += stored(t, p, email)
	var page *apptest.Page
	if press == nil {
		page = reader.EnterCode(wait, mail.Code)
	} else if page = reader.Open(mail.Link); page.HasForm(page.URL.Path) {
		page = press(reader, mail.Link)
	}
	if a, ok := page.Answer(); ok && a.Code() != "" {
		return 1
	}
	return 0
}
