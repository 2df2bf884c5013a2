package mail

import (
	"fmt"
	"strings"
	"time"

	"idp/internal/magiclink"
	"idp/internal/secret"
	"idp/internal/words"
)

// Invitation is the letter that carries an invitation's link.
type Invitation struct {
	ClientID, Recipient, Locale string
	magiclink.Invitation
}

// SampleInvitation is one whose link opens nothing, for previews and checks.
func SampleInvitation(client, recipient, locale string, now time.Time) Invitation {
	return Invitation{client, recipient, locale, magiclink.Invitation{Link: secret.TokenOf("SampleLinkThatOpensNothing000000"), Ends: now.Add(7 * 24 * time.Hour)}}
}

// invitationView is what the templates of an invitation see.
type invitationView struct {
	App, Support string
	Address      string
	Link         string
	Until        string // in UTC, with the day
}

// RenderInvitation puts an invitation into words.
func (c *Composer) RenderInvitation(i Invitation) (Rendered, error) {
	v := invitationView{Address: i.Recipient, Link: c.Issuer + "/l/" + i.Link.Reveal(), Until: i.Ends.UTC().Format("2006-01-02 15:04 UTC")}
	subject := words.Say("link.invited")
	if client := c.Clients.Client(i.ClientID); client != nil && !client.Stranger {
		v.App, v.Support = client.Name, client.Support
		subject = words.Say("letter.invited_to", "app", v.App)
	}
	text, html, err := c.Letters.Render("invitation", i.ClientID, i.Locale, v)
	if err != nil {
		return Rendered{}, fmt.Errorf("compose invitation: %w", err)
	}
	in := c.Letters.Words(i.ClientID, i.Locale)
	line, err := in.Text(subject)
	if err != nil {
		return Rendered{}, fmt.Errorf("compose invitation: subject: %w", err)
	}
	return Rendered{Locale: in.Locale, App: v.App, Subject: line, Text: text, HTML: html}, nil
}

// ComposeInvitation renders an invitation into a message, and signs it if there is
// a Signer.
func (c *Composer) ComposeInvitation(i Invitation, now time.Time) (*Message, error) {
	r, err := c.RenderInvitation(i)
	if err != nil {
		return nil, err
	}
	return c.once(r, i.Recipient, Ref(c.Keys, secret.NewID("let_", now), i.Recipient), now)
}

// CheckInvitation renders an invitation and says what it lacks.
func (c *Composer) CheckInvitation(client, locale string, now time.Time) error {
	i := SampleInvitation(client, "ada@example.com", locale, now)
	r, err := c.RenderInvitation(i)
	if err != nil {
		return err
	}
	link := c.Issuer + "/l/" + i.Link.Reveal()
	switch {
	case !strings.Contains("\n"+r.Text, "\n"+link+"\n"):
		return fmt.Errorf("letter: invitation.txt lacks the link on a line of its own")
	case !strings.Contains(r.HTML, `href="`+link+`"`):
		return fmt.Errorf("letter: invitation.html lacks the link")
	}
	return nil
}
