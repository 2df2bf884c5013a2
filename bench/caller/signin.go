package caller

import (
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Mailbox gives the next mail to an address.
type Mailbox interface {
	Await(address string, patience time.Duration) (string, error)
}

const mailPatience = 20 * time.Second

// signIn goes from the address form to a session by the link of a mail, and
// returns where the browser is sent then. flow is the sealed request that the
// form carries, "" for none. With pages, the browser also loads the pages that a
// person would see on the way.
func (b *browser) signIn(flow, address string, mails Mailbox, pages bool) (string, error) {
	form := "email=" + url.QueryEscape(address)
	if flow != "" {
		form += "&flow=" + flow
	}
	waiting, err := b.submit(pathLogin, form)
	if err == nil && pages {
		err = b.show(waiting)
	}
	if err != nil {
		return "", err
	}
	mail, err := mails.Await(address, mailPatience)
	if err != nil {
		return "", err
	}
	link, err := b.link(mail)
	if err == nil && pages {
		err = b.show(link)
	}
	if err != nil {
		return "", err
	}
	return b.submit(link, "tabs=")
}

// link finds the path of the link in a mail.
func (b *browser) link(mail string) (string, error) {
	_, rest, ok := strings.Cut(mail, b.issuer+pathLink)
	if !ok {
		return "", fmt.Errorf("no link in the mail: %.2000s", mail)
	}
	end := strings.IndexFunc(rest, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_'
	})
	if end <= 0 {
		return "", fmt.Errorf("the link in the mail has no end: %.2000s", mail)
	}
	return pathLink + rest[:end], nil
}

// login is a whole OpenID Connect login: the application sends the browser to the
// provider, the person signs in by mail, the application gets its tokens.
func (a *Application) login(b *browser, address string, mails Mailbox, pages bool) (Tokens, error) {
	target, try := a.authorize()
	form, err := b.follow(target)
	if err != nil {
		return Tokens{}, err
	}
	_, flow, ok := strings.Cut(form, "flow=")
	if !ok {
		return Tokens{}, fmt.Errorf("the provider asks for no sign-in, but leads to %s", form)
	}
	if pages {
		if err := b.show(form); err != nil {
			return Tokens{}, err
		}
	}
	next, err := b.signIn(flow, address, mails, pages)
	for err == nil && !strings.HasPrefix(next, RedirectURI) {
		next, err = b.follow(next)
	}
	if err != nil {
		return Tokens{}, err
	}
	return a.redeem(next, try)
}

// sso is a login in a browser that is signed in at the provider already.
func (a *Application) sso(b *browser) (Tokens, error) {
	target, try := a.authorize()
	callback, err := b.follow(target)
	if err != nil {
		return Tokens{}, err
	}
	if !strings.HasPrefix(callback, RedirectURI) {
		return Tokens{}, fmt.Errorf("no single sign-on: the browser is sent to %s", callback)
	}
	return a.redeem(callback, try)
}
