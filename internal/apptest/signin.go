package apptest

import (
	"net/http"
	"strings"
)

// Authorize opens an authorization request and returns the page where a person
// has to act, or the one that leaves for the application.
func (b *Browser) Authorize(r Request) *Page {
	b.t.Helper()
	return b.Open(r.Path())
}

// Ask types an address into the address form and returns the waiting page and
// the mail.
func (b *Browser) Ask(form *Page, email string) (wait *Page, mail Mail) {
	b.t.Helper()
	after := b.p.Inbox.Last()
	wait = b.Submit(form.Form("/login").Set("email", email))
	if wait.Status != http.StatusOK || !strings.HasPrefix(wait.URL.Path, "/login/c/") {
		b.t.Fatalf("no waiting page, but %s", wait)
	}
	return wait, b.p.For(b.t).NextMail(after, email)
}

// EnterCode types a code into a waiting page.
func (b *Browser) EnterCode(wait *Page, code string) *Page {
	b.t.Helper()
	return b.Submit(wait.Form(wait.URL.Path).Set("code", code))
}

// PressLink opens the link of a mail and presses its button.
func (b *Browser) PressLink(link string) *Page {
	b.t.Helper()
	page := b.Open(link)
	return b.Submit(page.Form(page.URL.Path))
}

// SignIn makes an authorization request and does all that its pages ask for: it
// proves the address by the code of a mail, stays with the account, and allows
// the application. It returns the answer.
func (b *Browser) SignIn(r Request, email string) Answer {
	b.t.Helper()
	return b.Finish(b.Authorize(r), email, b.byCode)
}

// SignInByLink is SignIn with the link of the mail instead of its code.
func (b *Browser) SignInByLink(r Request, email string) Answer {
	b.t.Helper()
	return b.Finish(b.Authorize(r), email, b.byLink)
}

func (b *Browser) byCode(wait *Page, m Mail) *Page { return b.EnterCode(wait, m.Code) }
func (b *Browser) byLink(_ *Page, m Mail) *Page    { return b.PressLink(m.Link) }

// Finish goes on from any page of a sign-in to its answer. prove does what the
// mail asks for.
func (b *Browser) Finish(page *Page, email string, prove func(wait *Page, m Mail) *Page) Answer {
	b.t.Helper()
	for range 5 {
		if a, ok := page.Answer(); ok {
			return a
		}
		switch {
		case page.HasForm("/login"):
			page = prove(b.Ask(page, email))
		case page.HasForm("/login/consent"):
			page = b.Submit(page.Form("/login/consent"), "allow")
		case page.HasForm("/login/account"):
			page = b.Submit(page.Form("/login/account"), "stay")
		default:
			b.t.Fatalf("the sign-in cannot go on: %s", page)
		}
	}
	b.t.Fatalf("five pages and no answer: %s", page)
	return Answer{}
}

// SignInHere signs in for the account page, without any application.
func (b *Browser) SignInHere(email string) *Page {
	b.t.Helper()
	wait, mail := b.Ask(b.Open("/login"), email)
	return b.EnterCode(wait, mail.Code)
}
