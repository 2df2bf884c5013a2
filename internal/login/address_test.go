package login_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/config"
)

func TestAddressFormHelpsToType(t *testing.T) {
	p := one(t)
	page := p.Browser().Authorize(apptest.NewRequest(apptest.Web))
	shows(t, "form", page, http.StatusOK, "Sign in", "to continue to Web", "Your e-mail address")
	for attr, want := range map[string]string{"type": "email", "inputmode": "email", "autocomplete": "email", "autocapitalize": "none"} {
		if got := page.Attr("email", attr); got != want {
			t.Errorf("%s is %q, want %q", attr, got, want)
		}
	}
}

// What is no address comes back with a reason, next to the field, and nothing is
// sent. What was typed stays, as text.
func TestWhatIsNoAddress(t *testing.T) {
	p := one(t)
	b := p.Browser()
	form := b.Authorize(apptest.NewRequest(apptest.Web)).Form("/login")
	before := p.Inbox.Last()
	for _, typed := range []string{
		"", "ada", "ada@", "@example.com", "ada@example", "ada@@example.com", "ada@example.com, bob@example.com", "Ada <ada@example.com>", `"ada"@example.com`,
		"ada@[127.0.0.1]", "ada@127.0.0.1", ".ada@example.com", "ada@example..com", "ada@-example.com", "аda@example.com", "ada＠example.com", "ada@example.com>",
		`"><script>alert(1)</script>@example.com`, strings.Repeat("a", 65) + "@example.com", "ada@" + strings.Repeat("a.", 130) + "com",
	} {
		page := b.Submit(form.Set("email", typed))
		shows(t, typed, page, http.StatusUnprocessableEntity, "does not look like an e-mail address")
		if page.Attr("email", "value") != typed || page.Attr("email", "aria-invalid") != "true" || page.Attr("email", "aria-describedby") != "email-error" {
			t.Errorf("%q: the field shows %q", typed, page.Attr("email", "value"))
		}
		if strings.Contains(page.Body, "<script>alert") {
			t.Errorf("%q: markup came back as it was", typed)
		}
	}
	for _, typed := range []string{"ada@example.com\r\nBcc: eve@example.com", "ada@example.com\x00", "ada\n@example.com"} {
		if page := b.Post("/login", url.Values{"flow": form.Values["flow"], "email": {typed}}); page.Status != http.StatusBadRequest {
			t.Errorf("%q: %s", typed, page)
		}
	}
	if p.Inbox.Last() != before {
		t.Error("a mail went out")
	}
	sizes, err := p.App.Store.Sizes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"challenges", "challenge_secrets", "outbox", "counters", "users"} {
		if n, counted := sizes[table]; n != 0 || !counted {
			t.Errorf("%d rows in %s", n, table)
		}
	}
}

// One person is one person, however the address is typed.
func TestAddressesAreCanonical(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		subs := map[any]bool{}
		for _, typed := range []string{"ada@example.com", "Ada@Example.COM", "  ada@example.com ", "ADA@EXAMPLE.COM"} {
			b, r := p.Browser(), apptest.NewRequest(apptest.Web)
			page := b.Authorize(r)
			after := p.Inbox.Last()
			wait := b.Submit(page.Form("/login").Set("email", typed))
			mail := p.NextMail(after, ada)
			reply := p.Redeem(r, b.EnterCode(wait, mail.Code).MustAnswer().Code())
			claims := apptest.Claims(t, reply.ID())
			subs[claims["sub"]] = true
			if claims["email"] != ada {
				t.Errorf("%q signs in as %v", typed, claims["email"])
			}
		}
		if len(subs) != 1 {
			t.Errorf("one person has %d subjects", len(subs))
		}
		plus := p.Browser().Tokens(apptest.NewRequest(apptest.Web), "ada+x@example.com")
		if subs[apptest.Claims(t, plus.ID())["sub"]] {
			t.Error("another address is the same person")
		}
	})
}

// Where only known people may sign in, nobody can find out who they are: the
// pages are the same for everybody, and only the mail does not come.
func TestPagesDoNotTellWhoIsKnown(t *testing.T) {
	p := one(t, apptest.Configure(func(c *config.Config) {
		c.Signup.Mode, c.Signup.Addresses = "allowlist", []string{ada}
	}))
	known, stranger := p.Browser(), p.Browser()
	a, _ := ask(known, ada)
	b := stranger.Submit(stranger.Authorize(apptest.NewRequest(apptest.Web)).Form("/login").Set("email", "eve@example.com"))
	for who, page := range map[*apptest.Browser]*apptest.Page{known: a, stranger: b} {
		if got := delivered(t, who, page); got != "accepted" {
			t.Errorf("%s: the mail is %s", page, got)
		}
	}
	same := func(when string, a, b *apptest.Page) {
		t.Helper()
		if first, second := normal(a, ada), normal(b, "eve@example.com"); first != second || a.Status != b.Status {
			t.Errorf("%s the pages differ:\n%d %s\n%d %s", when, a.Status, first, b.Status, second)
		}
	}
	same("while they wait", known.Open(a.URL.Path), stranger.Open(b.URL.Path))
	for _, typed := range []string{"1234", "000000", "000001", "000002", "000003", "000004", "000005", "000006"} {
		same("after the code "+typed, known.EnterCode(a, typed), stranger.EnterCode(b, typed))
	}
	p.Clock.Advance(11 * time.Minute)
	same("after the code's end", known.Open(a.URL.Path), stranger.Open(b.URL.Path))
	p.Clock.Advance(20 * time.Minute)
	same("after the end", known.Open(a.URL.Path), stranger.Open(b.URL.Path))
	if _, total := p.Inbox.Find("to:eve@example.com", 0, 1); total != 0 {
		t.Error("eve got a mail")
	}
}

// delivered asks for the state of the mail until it is final.
func delivered(t *testing.T, b *apptest.Browser, wait *apptest.Page) string {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
		status := b.Get(wait.URL.Path + "/status").Body
		for _, state := range []string{"accepted", "deferred", "refused"} {
			if strings.Contains(status, `"state":"`+state+`"`) {
				return state
			}
		}
	}
	return "still on its way"
}

// normal is the text of a waiting page without what differs for everybody.
func normal(page *apptest.Page, email string) string {
	text := page.Text()
	for _, word := range strings.Fields(text) {
		if len(word) == 2 && strings.Trim(word, "0123456789") == "" || strings.Contains(word, ":") || len(word) == 12 && strings.ToUpper(word) == word {
			text = strings.Replace(text, word, "#", 1) // the number on the screen, times of day, the request's id
		}
	}
	return strings.ReplaceAll(text, email, "EMAIL")
}

// Without an application one signs in for the account page; who is signed in
// needs no form.
func TestSignInForTheAccountPage(t *testing.T) {
	p := one(t)
	b := p.Browser()
	if page := b.Open("/"); !page.HasForm("/login") {
		t.Errorf("the front door leads to %s", page)
	}
	if page := b.SignInHere(ada); page.Heading() != "Your account" {
		t.Errorf("after the sign-in: %s", page)
	}
	if page := b.Open("/login"); page.Heading() != "Your account" {
		t.Errorf("the form for somebody signed in: %s", page)
	}
}

// A browser that keeps no cookies hears of it before it waits for a mail.
func TestBrowserWithoutCookies(t *testing.T) {
	p := one(t)
	before := p.Inbox.Last()
	page := p.Browser().Post("/login", url.Values{"email": {ada}})
	shows(t, "no cookie", page, http.StatusBadRequest, "keep cookies")
	if p.Inbox.Last() != before {
		t.Error("a mail went out")
	}
}
