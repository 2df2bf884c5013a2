package mail

import (
	"fmt"
	"time"

	"idp/internal/browser"
	"idp/internal/magiclink"
	"idp/internal/words"
)

// noticeView is what the templates of a notice see. It tells what happened, and
// leads to where it can be ended.
type noticeView struct {
	Title, Text, More, Help, Button words.Phrase // Text has a place for the time
	Link                            string
	At                              time.Time
}

// notice puts a letter that is no sign-in's into words.
func (c *Composer) notice(claim *magiclink.Claim) (Rendered, error) {
	l := claim.Letter
	app := ""
	if client := c.Clients.Client(l.ClientID); client != nil && !client.Stranger {
		app = client.Name
	}
	device := words.Device(browser.Parts(l.UserAgent))
	v := noticeView{
		At: l.AskedAt.UTC(), Link: c.Issuer + "/account",
		Help: words.Say("notice.see"), Button: words.Say("notice.see_button"),
	}
	switch l.Template {
	case magiclink.NewBrowser:
		v.Title, v.Text = words.Say("notice.new.title"), words.Say("notice.new.text", "device", device)
		v.Help, v.Button, v.Link = words.Say("notice.new.cancel"), words.Say("notice.new.button"), c.Issuer+"/n/"+claim.Minted.NotMe
		if app != "" {
			v.More = words.Say("notice.new.app", "app", app)
		}
	case magiclink.SessionsEnded:
		v.Title, v.Text = words.Say("notice.ended.title"), words.Say("notice.ended.text", "device", device)
	case magiclink.WrongCodes:
		v.Title, v.Text = words.Say("notice.codes.title"), words.Say("notice.codes.text")
	default:
		return Rendered{}, fmt.Errorf("compose letter: there is no template %q", l.Template)
	}
	text, html, err := c.Letters.Render("notice", l.ClientID, l.Locale, v)
	if err != nil {
		return Rendered{}, fmt.Errorf("compose letter: %w", err)
	}
	in := c.Letters.Words(l.ClientID, l.Locale)
	subject, err := in.Text(v.Title)
	if err != nil {
		return Rendered{}, fmt.Errorf("compose letter: subject: %w", err)
	}
	return Rendered{in.Locale, "", subject, text, html}, nil
}
