package login_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
)

// A code is good however it is typed or pasted.
func TestCodeSpellings(t *testing.T) {
	p := one(t)
	for what, spell := range map[string]func(string) string{
		"plain": func(c string) string { return c }, "with a space": func(c string) string { return c[:3] + " " + c[3:] },
		"with a hyphen": func(c string) string { return c[:3] + "-" + c[3:] }, "with words": func(c string) string { return "Your code: " + c },
		"spread": func(c string) string { return strings.Join(strings.Split(c, ""), " ") + " " }, "full width": func(c string) string { return shifted(c, '０') },
		"Arabic digits": func(c string) string { return shifted(c, '٠') },
	} {
		b := p.Browser()
		wait, mail := ask(b, ada)
		finished(t, what, b.EnterCode(wait, spell(mail.Code)))
	}
}

func shifted(code string, zero rune) string {
	return strings.Map(func(r rune) rune { return zero + r - '0' }, code)
}

func TestCodeFieldHelpsToType(t *testing.T) {
	p := one(t)
	wait, mail := ask(p.Browser(), ada)
	shows(t, "waiting page", wait, http.StatusOK, "Check your mail", ada, "to continue to Web", mail.Number)
	for attr, want := range map[string]string{"inputmode": "numeric", "autocomplete": "one-time-code", "type": "text"} {
		if got := wait.Attr("code", attr); got != want {
			t.Errorf("%s is %q, want %q", attr, got, want)
		}
	}
}

// Three wrong codes use up a mail's code, six the code entry. The page says what
// is left, and the link works through all of it.
func TestWrongCodes(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		wait, mail := ask(b, ada)
		bad := wrong(mail.Code)
		for _, text := range []string{"12345", "1234567", "", "abc"} { // a slip costs nothing
			shows(t, "slip "+text, b.EnterCode(wait, text), http.StatusUnprocessableEntity, "That code isn't right. 3 tries left.")
		}
		shows(t, "first", b.EnterCode(wait, bad), http.StatusUnprocessableEntity, "That code isn't right. 2 tries left.")
		shows(t, "second", b.EnterCode(wait, bad), http.StatusUnprocessableEntity, "That code isn't right. 1 try left.")
		used := b.EnterCode(wait, bad)
		shows(t, "third", used, http.StatusUnprocessableEntity, "used up", "The link in the mail still works", "Send it again")
		if used.HasForm(wait.URL.Path) {
			t.Error("a used-up code still has a field")
		}
		shows(t, "the right one, too late", b.EnterCode(wait, mail.Code), http.StatusUnprocessableEntity, "used up")

		p.Clock.Advance(time.Minute)
		after := p.Inbox.Last()
		again := b.Submit(b.Open(wait.URL.Path).Form(wait.URL.Path + "/resend"))
		if !again.HasForm(wait.URL.Path) {
			t.Error("there is no field for the code of the new mail")
		}
		second := p.NextMail(after, ada)
		bad = wrong(second.Code)
		shows(t, "fifth", b.EnterCode(wait, bad), http.StatusUnprocessableEntity, "1 try left")
		locked := b.EnterCode(wait, bad)
		shows(t, "sixth", locked, http.StatusUnprocessableEntity, "last try", "link in the mail still works")
		if locked.HasForm(wait.URL.Path) {
			t.Error("the page still has a field for codes")
		}
		shows(t, "the right one after the lock", b.EnterCode(wait, second.Code), http.StatusUnprocessableEntity, "last try")
		shows(t, "reloaded", b.Open(wait.URL.Path), http.StatusOK, "last try")
		finished(t, "the link after the lock", b.PressLink(second.Link))
	})
}

// A code belongs to its own sign-in, and to the browser that started it.
func TestCodeOfAnotherSignIn(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b, other := p.Browser(), p.Browser()
		first, firstMail := ask(b, ada)
		second, secondMail := ask(b, ada)
		if firstMail.Code != secondMail.Code {
			shows(t, "the second's at the first", b.EnterCode(first, secondMail.Code), http.StatusUnprocessableEntity, "isn't right")
		}
		_, bobsMail := ask(other, bob)
		if bobsMail.Code != firstMail.Code {
			shows(t, "bob's at ada's", b.EnterCode(first, bobsMail.Code), http.StatusUnprocessableEntity, "isn't right")
		}
		finished(t, "its own", b.EnterCode(first, firstMail.Code))
		finished(t, "the other's own", b.EnterCode(second, secondMail.Code))
	})
}

func TestCodeAndChallengeExpire(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		wait, mail := ask(b, ada)
		late, lateMail := ask(b, bob)
		p.Clock.Advance(9*time.Minute + 50*time.Second)
		finished(t, "after 9:50", b.EnterCode(wait, mail.Code))
		p.Clock.Advance(15 * time.Second)
		shows(t, "after 10:05", b.EnterCode(late, lateMail.Code), http.StatusUnprocessableEntity, "The link and the code have expired")
		p.Clock.Advance(20 * time.Minute)
		for what, page := range map[string]*apptest.Page{"code": b.EnterCode(late, lateMail.Code), "look": b.Open(late.URL.Path)} {
			shows(t, what+" after half an hour", page, http.StatusGone, "took too long")
			if again := b.Open(page.Attr("way-on", "href")); !again.HasForm("/login") {
				t.Errorf("%s: the way on leads to %s", what, again)
			}
		}
	})
}

// Where there is no live code, the page does not say until when it is good.
func TestNoTimeWithoutALiveCode(t *testing.T) {
	p := one(t)
	b := p.Browser()
	wait, _ := ask(b, ada)
	delivered(t, b, wait)
	if page := b.Open(wait.URL.Path); !strings.Contains(page.Text(), "good until") || strings.Contains(page.Body, "0001-01-01") {
		t.Errorf("while it lives: %s", page.Text())
	}
	p.Clock.Advance(11 * time.Minute)
	page := b.Open(wait.URL.Path)
	if strings.Contains(page.Text(), "good until") || strings.Contains(page.Body, "0001-01-01") {
		t.Errorf("after its end: %s", page.Text())
	}
}

// Pressing twice, going back and reloading show something true and a way on.
func TestSecondPressOfTheButton(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		wait, mail := ask(b, ada)
		finished(t, "first", b.EnterCode(wait, mail.Code))
		for what, page := range map[string]*apptest.Page{"again": b.EnterCode(wait, mail.Code), "another code": b.EnterCode(wait, wrong(mail.Code)), "reload": b.Open(wait.URL.Path)} {
			shows(t, what, page, http.StatusOK, "You are signed in", ada)
			finished(t, what+", and on", b.Open(page.Attr("done", "data-next")))
		}
	})
}

// The product's own limits: a program that guesses from one address is slowed
// down, and told until when; the link is for ever out of its reach.
func TestLimitsOfCodes(t *testing.T) {
	p := one(t, apptest.ProductLimits())
	b := p.Browser()
	wait, mail := ask(b, ada)
	bad := wrong(mail.Code)
	tries, last := 0, wait
	for ; tries < 20 && last.Status != http.StatusTooManyRequests; tries++ {
		if tries > 0 && tries%6 == 0 {
			p.Clock.Advance(6 * time.Minute)
			wait, mail = ask(b, ada)
			bad = wrong(mail.Code)
		}
		p.Clock.Advance(13 * time.Second) // slow enough for the budget of one browser
		last = b.EnterCode(wait, bad)
	}
	shows(t, "after ten wrong codes for an address", last, http.StatusTooManyRequests, "Codes for this address rest for now", "link in the mail still works")
	if tries != 11 {
		t.Errorf("%d tries before the limit of 10", tries-1)
	}
	shows(t, "the right code", b.EnterCode(wait, mail.Code), http.StatusTooManyRequests)
	finished(t, "the link", b.PressLink(mail.Link))

	other := p.Browser()
	_, bobs := ask(other, bob)
	finished(t, "bob's link", other.PressLink(bobs.Link))
}
