package login_test

import (
	"crypto/sha256"
	"math/bits"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/magiclink"
)

// solve does what the page's script does.
func solve(task string, zeros int) string {
	for n := 0; ; n++ {
		sum := sha256.Sum256([]byte(task + ":" + strconv.Itoa(n)))
		if bits.LeadingZeros32(uint32(sum[0])<<24|uint32(sum[1])<<16|uint32(sum[2])<<8|uint32(sum[3])) >= zeros {
			return strconv.Itoa(n)
		}
	}
}

// While strangers use up their mails, a mail costs a browser that is not known
// some work, whatever the address. Each task is for one browser, one time, and
// five minutes.
func TestWorkUnderPressure(t *testing.T) {
	const zeros = 14 // few enough to do, and no answer is hardly ever a good one
	each(t, func(t *testing.T, p *apptest.Provider) {
		home := p.Browser()
		first, mail := ask(home, ada)
		finished(t, "before", home.EnterCode(first, mail.Code))
		ask(p.Browser(), "stranger@example.org") // the second of two

		b := p.Browser()
		asked := func(email string) *apptest.Page {
			return b.Submit(b.Authorize(apptest.NewRequest(apptest.Web)).Form("/login").Set("email", email))
		}
		page := asked(ada)
		shows(t, "an address that is known", page, http.StatusOK, "One moment", ada)
		if again := asked("another@example.org"); again.Skeleton() != page.Skeleton() {
			t.Error("known and unknown addresses get different pages")
		}
		shows(t, "no address", asked("nobody"), http.StatusUnprocessableEntity)

		form := page.Form("/login")
		task := page.Attr("work-form", "data-task")
		shows(t, "no answer", b.Submit(form), http.StatusOK, "One moment")
		answer := solve(task, zeros)
		thief := p.Browser()
		thief.Open("/login")
		if page := thief.Post("/login", map[string][]string{"email": {ada}, "task": {task}, "answer": {answer}}); page.Location() == "" || thief.Open(page.Location()).Heading() != "One moment" {
			t.Errorf("another browser's work: %s", page)
		}
		after := p.Inbox.Last()
		wait := b.Submit(form.Set("answer", answer))
		shows(t, "work done", wait, http.StatusOK, "Check your mail")
		finished(t, "and on", b.EnterCode(wait, p.For(t).NextMail(after, ada).Code))
		b = p.Browser()
		old := b.Submit(b.Open("/login").Form("/login").Set("email", ada))
		form, task = old.Form("/login"), old.Attr("work-form", "data-task")
		form.Set("answer", solve(task, zeros))
		shows(t, "once", b.Submit(form), http.StatusOK, "Check your mail")
		shows(t, "twice", b.Submit(form), http.StatusOK, "One moment")

		stale := asked(ada)
		p.Clock.Advance(5*time.Minute + time.Second)
		shows(t, "too late", b.Submit(stale.Form("/login").Set("answer", solve(stale.Attr("work-form", "data-task"), zeros))), http.StatusOK, "One moment")

		// A browser in which the address signed in before goes on freely.
		home.Post("/logout", nil)
		form = home.Open("/login?again=1").Form("/login")
		shows(t, "a known browser", home.Submit(form.Set("email", ada)), http.StatusOK, "Check your mail")
		p.Clock.Advance(time.Hour)
		shows(t, "an hour later", asked("late@example.org"), http.StatusOK, "Check your mail")
	}, apptest.Configure(func(c *config.Config) {
		c.Limits.SendUnknown = config.Rate(magiclink.Rate{Max: 2, Window: time.Hour})
		c.Abuse = config.Abuse{WorkAbove: 100, WorkBits: zeros}
	}))
}

// The page of the work sends its address by itself, and the link of the mail goes on by
// itself where it was asked for. The two must not be put together from outside: a
// page that was made for another browser, or long ago, is the empty form.
func TestWorkPageIsForTheBrowserThatTyped(t *testing.T) {
	p := one(t, apptest.Configure(func(c *config.Config) {
		c.Limits.SendUnknown = config.Rate(magiclink.Rate{Max: 1, Window: time.Hour})
		c.Abuse = config.Abuse{WorkAbove: 100, WorkBits: 14}
	}))
	ask(p.Browser(), "stranger@example.org")
	b, visitor := p.Browser(), p.Browser()
	wrong := b.Submit(b.Open("/login").Form("/login").Set("email", "nobody")).URL.RequestURI()
	kept := map[string]string{wrong: "nobody"}
	for _, form := range []*apptest.Page{b.Open("/login"), b.Authorize(apptest.NewRequest(apptest.Web))} {
		kept[b.Submit(form.Form("/login").Set("email", bob)).URL.RequestURI()] = bob
	}
	for at, typed := range kept {
		if page := b.Open(at); page.Form("/login").Values.Get("email") != typed {
			t.Errorf("%s, where it was typed: %s", at, page.Text())
		}
		if page := visitor.Open(at); strings.Contains(page.Text(), typed) || page.HasForm("/login") && page.Form("/login").Values.Get("email") != "" {
			t.Errorf("%s, elsewhere: %s", at, page.Text())
		}
	}
	shows(t, "no flow, elsewhere", visitor.Open(wrong), http.StatusOK, "Sign in")
	p.Clock.Advance(5 * time.Minute)
	for at := range kept {
		page := b.Open(at)
		if shows(t, "too late", page, http.StatusOK, "Sign in"); page.Form("/login").Values.Get("email") != "" {
			t.Errorf("%s, too late: %s", at, page.Text())
		}
	}
}
