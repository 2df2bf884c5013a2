package login_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"idp/internal/apptest"
)

// Another mail may be asked for after a pause, four in all; every code that went
// out stays good for its time.
func TestSendAgain(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		wait, first := ask(b, ada)
		resend := wait.URL.Path + "/resend"
		again := func() *apptest.Page { return b.Submit(b.Open(wait.URL.Path).Form(resend)) }

		early := again()
		shows(t, "at once", early, http.StatusTooManyRequests, "You can try again in")
		if after, err := strconv.Atoi(early.Header.Get("Retry-After")); err != nil || after < 50 || after > 60 {
			t.Errorf("Retry-After %q", early.Header.Get("Retry-After"))
		}
		var mails []apptest.Mail
		for _, pause := range []time.Duration{time.Minute, time.Minute, 2 * time.Minute} {
			p.Clock.Advance(pause)
			before := p.Inbox.Last()
			shows(t, "again", again(), http.StatusOK, "Check your mail")
			mail := p.NextMail(before, ada)
			if mail.Link == first.Link || mail.Number != first.Number {
				t.Errorf("the new mail has link %v, number %s, the first one number %s", mail.Link == first.Link, mail.Number, first.Number)
			}
			mails = append(mails, mail)
		}
		if mails[0].Code == first.Code && mails[1].Code == first.Code {
			t.Error("all mails have one code")
		}
		p.Clock.Advance(5 * time.Minute)
		if page := b.Open(wait.URL.Path); page.HasForm(resend) {
			t.Error("a fifth mail is offered")
		}
		before := p.Inbox.Last()
		if page := b.Post(resend, nil); page.Status != http.StatusTooManyRequests || p.Inbox.Last() != before {
			t.Errorf("a fifth mail: %s", page)
		}
		finished(t, "the second mail's link", b.PressLink(mails[0].Link))
	})
}

// All links of a sign-in are one: after the use of one, the others are spent.
func TestOneUseForAllMailsOfASignIn(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b, phone := p.Browser(), p.Browser()
		wait, first := ask(b, ada)
		p.Clock.Advance(time.Minute)
		before := p.Inbox.Last()
		b.Submit(b.Open(wait.URL.Path).Form(wait.URL.Path + "/resend"))
		second := p.NextMail(before, ada)
		finished(t, "the first mail's code", b.EnterCode(wait, first.Code))
		shows(t, "the second mail's link on the phone", phone.Open(second.Link), http.StatusGone, "used already")
		if isSignedIn(phone) {
			t.Error("the phone is signed in")
		}
	})
}

// The product's own limits for mails to one address: the page says until when.
func TestLimitsOfMails(t *testing.T) {
	p := one(t, apptest.ProductLimits())
	for range 5 {
		ask(p.Browser(), ada)
	}
	b := p.Browser()
	before := p.Inbox.Last()
	page := b.Submit(b.Authorize(apptest.NewRequest(apptest.Web)).Form("/login").Set("email", "ADA@example.com"))
	shows(t, "the sixth in five minutes", page, http.StatusTooManyRequests, "Enough mails for now", "You can try again in")
	if after, err := strconv.Atoi(page.Header.Get("Retry-After")); err != nil || after < 1 || after > 300 {
		t.Errorf("Retry-After %q", page.Header.Get("Retry-After"))
	}
	if p.Inbox.Last() != before {
		t.Error("a mail went out")
	}
	again := b.Open(page.Attr("way-on", "href"))
	if !again.HasForm("/login") && !again.HasForm("/login/consent") {
		t.Errorf("the way on leads to %s", again)
	}
	ask(p.Browser(), bob)
	p.Clock.Advance(5 * time.Minute)
	ask(p.Browser(), ada)
}
