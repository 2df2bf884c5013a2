package caller

import (
	"fmt"
	"strings"
)

// Person is a worker's view: somebody with a browser, and the application they
// use. Its methods prepare an operation and return it, to be repeated by one
// goroutine.
type Person struct {
	app   *Application
	b     *browser
	mails Mailbox
	name  string
}

// Person makes one for the given client. Names must differ among the people of a
// provider, who would else read each other's mail.
func (p *Provider) Person(name string, c Client, mails Mailbox) (*Person, error) {
	app, err := p.Application(c)
	if err != nil {
		return nil, err
	}
	b, err := p.browser()
	if err != nil {
		return nil, err
	}
	return &Person{app, b, mails, name}, nil
}

func (p *Person) address(n int) string { return fmt.Sprintf("%s.%d@example.com", p.name, n) }

// signedIn signs in once, for the operations that need a session or tokens.
func (p *Person) signedIn() (Tokens, error) {
	return p.app.login(p.b, p.address(0), p.mails, false)
}

// Userinfo reads the claims behind one access token.
func (p *Person) Userinfo() (func() error, error) {
	t, err := p.signedIn()
	return func() error { return p.app.userinfo(t.Access, p.address(0)) }, err
}

// Introspect asks about one access token.
func (p *Person) Introspect() (func() error, error) {
	t, err := p.signedIn()
	return func() error { return p.app.introspect(t.Access) }, err
}

// Refresh uses the newest refresh token of one grant and keeps the next.
func (p *Person) Refresh() (func() error, error) {
	c, err := p.Chain(false)
	return c.Refresh, err
}

// RefreshBound is Refresh with tokens that are bound to a key (RFC 9449).
func (p *Person) RefreshBound() (func() error, error) {
	c, err := p.Chain(true)
	return c.Refresh, err
}

// SSO signs in to the application with a session that stands.
func (p *Person) SSO() (func() error, error) {
	_, err := p.signedIn()
	return func() error { _, err := p.app.sso(p.b); return err }, err
}

// addresses is how many each worker signs in with, in turn. After one round of
// them all are known.
const addresses = 20

// Login signs in by mail with a new browser each time. With pages it loads those
// that a person would see.
func (p *Person) Login(pages bool) (func() error, error) {
	n := 0
	return p.loginAs(pages, func() string { n++; return p.address(n % addresses) })
}

// LoginAs is Login with whatever address comes next. No two workers of a provider
// may use one at the same time.
func (p *Person) LoginAs(next func() string) (func() error, error) { return p.loginAs(false, next) }

func (p *Person) loginAs(pages bool, next func() string) (func() error, error) {
	return func() error {
		p.b.fresh()
		_, err := p.app.login(p.b, next(), p.mails, pages)
		return err
	}, nil
}

// Passwordless signs in by mail with a new browser each time, at the provider
// itself: no application is involved.
func (p *Person) Passwordless() (func() error, error) {
	n := 0
	return func() error {
		n++
		p.b.fresh()
		if err := p.b.show(pathLogin); err != nil {
			return err
		}
		next, err := p.b.signIn("", p.address(n%addresses), p.mails, false)
		if err == nil && !strings.HasPrefix(next, "/account") {
			err = fmt.Errorf("after the sign-in the browser is sent to %s", next)
		}
		return err
	}, nil
}
