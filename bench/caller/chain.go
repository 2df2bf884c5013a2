package caller

import (
	"errors"
	"fmt"
)

// Chain is one grant of one person, and its newest refresh token. One goroutine
// uses it at a time.
type Chain struct {
	person *Person
	tokens Tokens
}

// Chain signs in once. bound says that its tokens are bound to a key (RFC 9449).
func (p *Person) Chain(bound bool) (*Chain, error) {
	if bound {
		var err error
		if p.app.prover, err = newProver(); err != nil {
			return nil, err
		}
	}
	t, err := p.signedIn()
	return &Chain{p, t}, err
}

// Refresh uses the newest refresh token and keeps the next, which is another.
func (c *Chain) Refresh() error {
	next, err := c.person.app.refresh(c.tokens.Refresh)
	if err == nil && next.Refresh == c.tokens.Refresh {
		err = fmt.Errorf("the refresh token of a public client was not replaced")
	}
	if err == nil {
		c.tokens = next
	}
	return err
}

// Use refreshes and reads userinfo with the new access token, as an application
// does that wakes up.
func (c *Chain) Use() error {
	if err := c.Refresh(); err != nil {
		return err
	}
	return c.person.app.userinfo(c.tokens.Access, c.person.address(0))
}

// Stolen uses the newest refresh token with another key and without one. It
// returns an error unless both are refused.
func (c *Chain) Stolen() error {
	app := c.person.app
	own := app.prover
	defer func() { app.prover = own }()
	other, err := newProver()
	if err != nil {
		return err
	}
	for _, p := range []*prover{other, nil} {
		app.prover = p
		if _, err := app.refresh(c.tokens.Refresh); err == nil {
			return errors.New("a bound refresh token works without its key")
		}
	}
	return nil
}
