package mail

import (
	"fmt"
	"net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"idp/internal/browser"
	"idp/internal/clients"
	"idp/internal/magiclink"
	"idp/internal/markup"
	"idp/internal/secret"
	"idp/internal/words"
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
	// NoCodeOutside keeps the code out of the subject and the preview, which a
	// locked screen shows.
	NoCodeOutside bool

	press press
}

// letterView is what the mail templates see. Link and code exist in clear nowhere
// else but in the values of a press and in the mail itself.
type letterView struct {
	App       string // "" for the account page
	Support   string // where App's people help; "" for nowhere
	Code      string
	Link      markup.URL // an application's own scheme is not for the template to judge: an administrator chose it
	NotMe     string     // cancels the sign-in
	Number    string
	Device    words.Phrase
	Native    bool // an application asked by itself, on a screen of its own
	OpensApp  bool // and the link leads back to it
	Host      string
	Minutes   int
	AskedAt   time.Time
	ExpiresAt time.Time
	// CodeOutside says that the code may stand in the preview.
	CodeOutside bool
}

// subject says what the letter is for, and the code, if it may.
func (v *letterView) subject() words.Phrase {
	switch {
	case v.CodeOutside && v.App != "":
		return words.Say("letter.subject", "code", v.Code, "app", v.App)
	case v.CodeOutside:
		return words.Say("letter.subject_own", "code", v.Code)
	case v.App != "":
		return words.Say("sign_in.to", "app", v.App)
	}
	return words.Say("sign_in")
}

// Rendered is a letter in words.
type Rendered struct {
	Locale, App         string // App is the application that it is for, or ""
	Subject, Text, HTML string
}

func (r Rendered) parts() (text, html string) { return r.Text, r.HTML }

// Render puts the letter into words.
func (c *Composer) Render(claim *magiclink.Claim) (Rendered, error) {
	l, m := claim.Letter, claim.Minted
	if l.Template != magiclink.SignInLetter {
		return c.notice(claim)
	}
	v := letterView{
		Code: m.Code.Reveal(), Link: markup.URL(c.Issuer + "/l/" + m.Link.Reveal()),
		NotMe: c.Issuer + "/n/" + m.NotMe, Number: l.Number, Device: words.Device(browser.Parts(l.UserAgent)),
		Host: c.host(), AskedAt: l.AskedAt.UTC(), ExpiresAt: m.Stored.ExpiresAt.UTC(),
		Minutes: minutes(&m), CodeOutside: !c.NoCodeOutside,
	}
	// What a stranger calls itself is not carried into people's mailboxes by us.
	client := c.Clients.Client(l.ClientID)
	if client != nil && !client.Stranger {
		v.App, v.Support = client.Name, client.Support
	}
	if v.Native = l.Native(); v.Native && client != nil && client.NativeLinkURI != "" {
		v.Link, v.OpensApp = nativeLink(client.NativeLinkURI, m.Link), true
	}
	text, html, err := c.Letters.Render("login", l.ClientID, l.Locale, v)
	if err != nil {
		return Rendered{}, fmt.Errorf("compose letter: %w", err)
	}
	in := c.Letters.Words(l.ClientID, l.Locale)
	subject, err := in.Text(v.subject())
	if err != nil {
		return Rendered{}, fmt.Errorf("compose letter: subject: %w", err)
	}
	return Rendered{in.Locale, v.App, subject, text, html}, nil
}

// minutes is how long the letter is good.
func minutes(m *magiclink.Minted) int {
	return int(m.Stored.ExpiresAt.Sub(m.Stored.MintedAt) / time.Minute)
}

// Compose makes the letter into a message, and signs it if there is a Signer.
func (c *Composer) Compose(claim *magiclink.Claim, now time.Time) (*Message, error) {
	m, err := c.printed(claim, now)
	if err != nil {
		return nil, err
	}
	return m, c.sign(m)
}

// compose renders the letter and encodes it.
func (c *Composer) compose(claim *magiclink.Claim, now time.Time, boundary string) (*Message, error) {
	r, err := c.Render(claim)
	if err != nil {
		return nil, err
	}
	m := c.addressed(claim, &Message{Subject: r.Subject, Parts: r.parts})
	return m, c.encode(m, r, now, boundary)
}

// addressed fills in whose letter m is.
func (c *Composer) addressed(claim *magiclink.Claim, m *Message) *Message {
	_, domain, _ := strings.Cut(c.From.Address, "@")
	m.ID, m.From, m.To = Ref(c.Keys, claim.Letter.ID, claim.Letter.Recipient)+"@"+domain, c.From.Address, claim.Letter.Recipient
	return m
}

// encode makes the message's raw form of its parts. Without a boundary it has one of
// its own.
func (c *Composer) encode(m *Message, r Rendered, now time.Time, boundary string) error {
	ref, _, _ := strings.Cut(m.ID, "@")
	msg, err := c.mime(m, r, ref, now)
	if err != nil {
		return fmt.Errorf("compose letter: %w", err)
	}
	if boundary != "" {
		msg.SetBoundary(boundary)
	}
	var raw strings.Builder
	if _, err := msg.WriteTo(&raw); err != nil {
		return fmt.Errorf("compose letter: %w", err)
	}
	m.Raw = raw.String()
	return nil
}

// sign signs the message if there is a Signer.
func (c *Composer) sign(m *Message) (err error) {
	if c.Signer != nil {
		m.Raw, err = c.Signer.Sign(m.Raw)
	}
	return err
}

// once is a message that stands for itself, encoded and signed. Its id comes of ref.
func (c *Composer) once(r Rendered, to, ref string, now time.Time) (*Message, error) {
	_, domain, _ := strings.Cut(c.From.Address, "@")
	m := &Message{ID: ref + "@" + domain, From: c.From.Address, To: to, Subject: r.Subject, Parts: r.parts}
	if err := c.encode(m, r, now, ""); err != nil {
		return nil, err
	}
	return m, c.sign(m)
}

func (c *Composer) mime(m *Message, r Rendered, ref string, now time.Time) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	name := r.App
	if name == "" {
		name = c.From.Name
	}
	if err := msg.From((&mail.Address{Name: name, Address: m.From}).String()); err != nil {
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
	msg.SetGenHeader("Content-Language", r.Locale)
	msg.SetBodyString(gomail.TypeTextPlain, r.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, r.HTML)
	return msg, nil
}

func (c *Composer) host() string {
	_, host, _ := strings.Cut(c.Issuer, "://")
	return host
}
