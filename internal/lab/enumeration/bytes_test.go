package enumeration_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/prove"
)

// masks are what differs from one sign-in to the next whoever it is for.
var masks = []*regexp.Regexp{
	regexp.MustCompile(`/login/c/[0-9A-Za-z_-]+`), regexp.MustCompile(`data-challenge="[^"]*"`), regexp.MustCompile(`\b(lb|sid)=[^;]*`),
	regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.]+Z`), regexp.MustCompile(`<[^>]*class="number"[^>]*>\d\d<`), regexp.MustCompile(`[a-z]+@[a-z]+\.test`),
	regexp.MustCompile(`in \d\d seconds`), // which a slow machine counts down
}

// clock is a time, with its day where that is not today: in a long run some are of
// tomorrow.
var clock = regexp.MustCompile(`(\d{1,2} [A-Z][a-z]{2}, )?\d\d:\d\d( UTC)?`)

func masked(s string) string {
	for _, m := range masks {
		s = m.ReplaceAllStringFunc(s, func(found string) string { return strings.Repeat("*", len(found)) })
	}
	return clock.ReplaceAllString(s, "**:**")
}

// A sign-in just before midnight is as good as one after it, and what else differs is
// seen.
func TestMasks(t *testing.T) {
	t.Parallel()
	const today, tomorrow, longer = `good until <time>23:59 UTC</time>`, `good until <time>23 Nov, 00:01 UTC</time>`, `good until <time>the 23 Nov, 00:01 UTC</time>`
	if masked(today) != masked(tomorrow) || masked(today) == masked(longer) {
		t.Errorf("%q, %q, %q", masked(today), masked(tomorrow), masked(longer))
	}
}

// print is everything of an answer that could tell, one thing a line.
func print(page *apptest.Page) string {
	var lines []string
	for name, values := range page.Header {
		if name != "Date" && name != "X-Request-Id" {
			lines = append(lines, name+": "+masked(strings.Join(values, " | ")))
		}
	}
	slices.Sort(lines)
	return fmt.Sprintf("%s %d\n%s\n\n%s", page.Method, page.Status, strings.Join(lines, "\n"), masked(page.Body))
}

// answers are those to the form, of the waiting page, of its status once the mail
// has been taken, and to a wrong code and a code that is none.
func answers(t *testing.T, p *apptest.Provider, email string) []string {
	t.Helper()
	b := p.Browser()
	b.Open("/login")
	posted := b.Post("/login", url.Values{"email": {email}})
	out := []string{print(posted)}
	wait := posted.Location()
	if posted.Status != http.StatusSeeOther || !strings.HasPrefix(wait, "/login/c/") {
		t.Fatalf("%s: %s", email, posted)
	}
	status := b.Get(wait + "/status")
	for range 10_000 { // each look moves the clock on; real mails take real time
		if strings.Contains(status.Body, `"state":"accepted"`) || strings.Contains(status.Body, `"state":"refused"`) {
			break
		}
		status = b.Get(wait + "/status")
	}
	out = append(out, print(status), print(b.Get(wait)))
	for _, code := range []string{"x", "000000"} {
		refused := b.Post(wait, url.Values{"code": {code}})
		if !strings.Contains(refused.Location(), "refused") {
			return answers(t, p, email) // one in a million is right
		}
		out = append(out, print(refused), print(b.Follow(refused)))
	}
	return append(out, print(b.Get(wait+"/status")))
}

// Nothing that an answer is made of says whether an address is known.
func TestAnswersDoNotTellWhoIsKnown(t *testing.T) {
	p := provider(t)
	n := prove.Count(50, 2000)
	var want []string
	for i := range n {
		for _, k := range kinds {
			got := answers(t, p, k.email)
			if want == nil {
				want = got
			}
			if k.name == returned {
				got = got[:1]
			}
			for step := range got {
				if got[step] != want[step] {
					t.Fatalf("sample %d, step %d: %s differs\n%s\n--- known:\n%s", i, step, k.name, got[step], want[step])
				}
			}
		}
	}
	prove.Figure(t, fmt.Sprintf("%d sign-ins of each of %d kinds", n, len(kinds)), "the same bytes, headers and cookies")
}
