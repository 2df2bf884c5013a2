package mail

import (
	"bytes"
	"fmt"
	htmltemplate "html/template"
	"net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"idp/internal/browser"
	"idp/internal/clients"
	"idp/internal/magiclink"
	"idp/internal/secret"
	"idp/web"
)

// Composer turns a claimed letter into a message.
type Composer struct {
	Issuer  string // links are made from it, never from a request
	From    mail.Address
	ReplyTo string
	Clients *clients.Registry
	Letters *web.Letters
	Keys    *secret.Keyring
	Signer  *Signer // nil: the mail server signs, or nobody
}

// letterView is what the mail templates see. It is the only place where link and
// code exist in clear outside the mail itself.
type letterView struct {
	App       string // "" for the account page
	Support   string // where App's people help; "" for nowhere
	Code      string
	Link      htmltemplate.URL // an application's own scheme is not for the template to judge: an administrator chose it
	NotMe     string           // cancels the sign-in
	Number    string
	Device    string
	Native    bool // an application asked by itself, on a screen of its own
	OpensApp  bool // and the link leads back to it
	Host      string
	Minutes   int
	AskedAt   time.Time
	ExpiresAt time.Time
}

// Compose renders the letter, and signs it if there is a Signer.
func (c *Composer) Compose(claim *magiclink.Claim, now time.Time) (*Message, error) {
	l, minted := claim.Letter, claim.Minted
	v := letterView{
		Code: minted.Code.Reveal(), Link: htmltemplate.URL(c.Issuer + "/l/" + minted.Link.Reveal()), //nolint:gosec // it is ours
		NotMe: c.Issuer + "/n/" + minted.NotMe, Number: l.Number, Device: browser.Device(l.UserAgent),
		Host: c.host(), AskedAt: l.AskedAt.UTC(), ExpiresAt: minted.Stored.ExpiresAt.UTC(),
		Minutes: int(minted.Stored.ExpiresAt.Sub(minted.Stored.MintedAt) / time.Minute),
	}
	// What a stranger calls itself is not carried into people's mailboxes by us.
	client := c.Clients.Client(l.ClientID)
	if client != nil && !client.Stranger {
		v.App, v.Support = client.Name, client.Support
	}
	if v.Native = l.Native(); v.Native && client != nil && client.NativeLinkURI != "" {
		v.Link, v.OpensApp = nativeLink(client.NativeLinkURI, minted.Link), true
	}
	var text, html bytes.Buffer
	if err := c.Letters.Render("login", &text, &html, v); err != nil {
		return nil, fmt.Errorf("compose letter: %w", err)
	}
	ref := Ref(c.Keys, l.ID, l.Recipient)
	_, domain, _ := strings.Cut(c.From.Address, "@")
	m := &Message{ID: ref + "@" + domain, From: c.From.Address, To: l.Recipient, Subject: subject(v), Text: text.String(), HTML: html.String()}
	msg, err := c.mime(m, v, ref, now)
	if err != nil {
		return nil, fmt.Errorf("compose letter: %w", err)
	}
	var raw bytes.Buffer
	if _, err := msg.WriteTo(&raw); err != nil {
		return nil, fmt.Errorf("compose letter: %w", err)
	}
	m.Raw = raw.Bytes()
	if c.Signer != nil {
		m.Raw, err = c.Signer.Sign(m.Raw)
	}
	return m, err
}

func subject(v letterView) string {
	if v.App != "" {
		return v.Code + " is your code for " + v.App
	}
	return v.Code + " is your sign-in code"
}

func (c *Composer) mime(m *Message, v letterView, ref string, now time.Time) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	name := v.App
	if name == "" {
		name = c.From.Name
	}
	if err := msg.FromFormat(name, m.From); err != nil {
		return nil, fmt.Errorf("from: %w", err)
	}
	if err := msg.To(m.To); err != nil {
		return nil, fmt.Errorf("to: %w", err)
	}
	if c.ReplyTo != "" {
		if err := msg.ReplyTo(c.ReplyTo); err != nil {
			return nil, fmt.Errorf("reply-to: %w", err)
		}
	}
	msg.Subject(m.Subject)
	msg.SetDateWithValue(now)
	msg.SetMessageIDWithValue(m.ID)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834 §5
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	// It keeps two mails from being folded into one thread, and comes back where a
	// provider puts a Message-ID of its own in the place of ours.
	msg.SetGenHeader("X-Entity-Ref-ID", ref)
	msg.SetGenHeader("Content-Language", "en")
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	return msg, nil
}

func (c *Composer) host() string {
	_, host, _ := strings.Cut(c.Issuer, "://")
	return host
}
