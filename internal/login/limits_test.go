package login_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/magiclink"
)

// Somebody uses up the mails of an address. The answer is the same whether the
// address is known, says when to come back, and the owner goes on from home.
func TestAnAddressThatIsUsedUp(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		home := p.Browser()
		first, mail := ask(home, ada)
		finished(t, "the owner, before", home.EnterCode(first, mail.Code))
		p.Clock.Advance(5 * time.Minute)

		asked := func(b *apptest.Browser, email string) *apptest.Page {
			return b.Submit(b.Authorize(apptest.NewRequest(apptest.Web)).Form("/login").Set("email", email))
		}
		refusals := map[string]*apptest.Page{}
		for _, email := range []string{ada, "nobody@example.com"} {
			for try := range 6 {
				page := asked(p.Browser(), email)
				if limited := page.Status == http.StatusTooManyRequests; limited != (try == 5) {
					t.Fatalf("%s, mail %d: %s", email, try+1, page)
				}
				refusals[email] = page
			}
		}
		known, unknown := refusals[ada], refusals["nobody@example.com"]
		if known.Skeleton() != unknown.Skeleton() || known.Header.Get("Retry-After") == "" || known.Header.Get("Retry-After") != unknown.Header.Get("Retry-After") {
			t.Errorf("known: %s, %s; unknown: %s, %s", known, known.Header.Get("Retry-After"), unknown, unknown.Header.Get("Retry-After"))
		}
		shows(t, "countdown", known, http.StatusTooManyRequests, "You can try again", "Try again")

		after := p.Inbox.Last()
		home.Post("/logout", nil)
		wait := home.Submit(home.Open("/login").Form("/login").Set("email", ada))
		shows(t, "the owner's own browser", wait, http.StatusOK, "Check your mail")
		shows(t, "and in", home.EnterCode(wait, p.For(t).NextMail(after, ada).Code), http.StatusOK, "Your account")
	}, apptest.ProductLimits(), apptest.Configure(func(c *config.Config) {
		c.Limits.SendPerIP = []config.Rate{config.Rate(magiclink.Rate{Max: 1000, Window: time.Minute})}
		c.Limits.SendPerAddressIP = c.Limits.SendPerIP
	}))
}

// A browser sends ten forms a minute, whatever is in them.
func TestFormsOfOneBrowser(t *testing.T) {
	p := one(t, apptest.ProductLimits())
	b := p.Browser()
	form := b.Open("/login").Form("/login")
	for i := range 10 {
		shows(t, fmt.Sprint("form ", i+1), b.Submit(form.Set("email", "no address")), http.StatusUnprocessableEntity)
	}
	page := b.Submit(form.Set("email", "no address"))
	shows(t, "the eleventh", page, http.StatusTooManyRequests, "A little too fast")
	if page.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	other := p.Browser()
	shows(t, "another browser", other.Submit(other.Open("/login").Form("/login").Set("email", "no address")), http.StatusUnprocessableEntity)
	p.Clock.Advance(time.Minute)
	shows(t, "a minute later", b.Submit(form.Set("email", "no address")), http.StatusUnprocessableEntity)
}

// Long codes have their own field on the waiting page, for everybody alike, and
// are taken in any spelling.
func TestLongCodeOnThePage(t *testing.T) {
	p := one(t, apptest.Configure(func(c *config.Config) {
		c.Limits.LongCodesAbove = config.Rate(magiclink.Rate{Max: 1, Window: time.Hour})
		c.Limits.WrongShortCodes = 100
	}))
	b := p.Browser()
	wait, mail := ask(b, ada)
	if wait.Attr("code", "inputmode") != "numeric" {
		t.Errorf("inputmode of six digits is %q", wait.Attr("code", "inputmode"))
	}
	for range 2 {
		b.EnterCode(wait, wrong(mail.Code))
	}
	b = p.Browser()
	after := p.Inbox.Last()
	wait = b.Submit(b.Authorize(apptest.NewRequest(apptest.Web)).Form("/login").Set("email", bob))
	m, err := p.Inbox.Next(t.Context(), after, "to:"+bob)
	if err != nil {
		t.Fatal(err)
	}
	code, _, _ := strings.Cut(m.Subject, " ")
	if len(code) != 8 {
		t.Fatalf("the subject begins with %q", code)
	}
	shows(t, "the page", wait, http.StatusOK, "Code of eight letters and digits")
	if wait.Attr("code", "inputmode") != "text" {
		t.Errorf("inputmode of a long code is %q", wait.Attr("code", "inputmode"))
	}
	finished(t, "typed with care", b.EnterCode(wait, strings.ToLower(code[:4])+" - "+code[4:]))
}
