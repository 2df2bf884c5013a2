package caller

import (
	"fmt"
	"net/url"
)

// Asker is somebody with a browser who asks for a mail and no more.
type Asker struct {
	b     *browser
	mails Mailbox
}

// Asker makes one.
func (p *Provider) Asker(mails Mailbox) (*Asker, error) {
	b, err := p.browser()
	if err != nil {
		return nil, err
	}
	return &Asker{b, mails}, nil
}

// Ask posts an address from a new browser, which has seen the form, and returns
// when the mail server has taken the mail. begin is called when the form is seen.
func (a *Asker) Ask(address string, begin func()) error {
	a.b.fresh()
	if err := a.b.show(pathLogin); err != nil {
		return fmt.Errorf("ask for a mail: %w", err)
	}
	begin()
	if _, err := a.b.submit(pathLogin, "email="+url.QueryEscape(address)); err != nil {
		return fmt.Errorf("ask for a mail: %w", err)
	}
	_, err := a.mails.Await(address, mailPatience)
	return err
}
