package mail

import (
	"crypto/rand"
	"regexp"
	"strings"
	"sync"
	"time"

	"idp/internal/browser"
	"idp/internal/idp"
	"idp/internal/lru"
	"idp/internal/magiclink"
	"idp/internal/secret"
)

// press keeps letters that differ in a few values only, set and encoded, for the
// next ones of their kind: executing two templates and encoding what they say costs
// more than all else that is done for a letter.
//
// A kind is set from a letter with stand-ins for its values, and used only if
// printing a second letter with other stand-ins gives what composing it gives. An
// administrator's templates may do more with a value than to show it, so letters
// with any are composed.
type press struct {
	once  sync.Once
	kinds *lru.Memory[kind, *setLetter] // nil for a kind that has to be composed
}

// maxKinds bounds the memory, of some 20 kB each. Beyond it, what was not used for the
// longest time is set anew.
const maxKinds = 32

// kind is all that a letter for signing in depends on besides its values.
type kind struct {
	client                            *idp.Client // as it is declared now
	clientID, locale, program, system string
	minutes, code                     int
	native, numbered                  bool
}

// setLetter is one kind of letter.
type setLetter struct {
	subject, text, html, raw plate
	lengths                  []int
}

// values are what differs between two letters of a kind.
func (c *Composer) values(claim *magiclink.Claim, now time.Time) []string {
	l, m := &claim.Letter, &claim.Minted
	return []string{
		l.Recipient, m.Link.Reveal(), m.Code.Reveal(), m.NotMe, l.Number, l.AskedAt.UTC().Format(hourForm), m.Stored.ExpiresAt.UTC().Format(hourForm),
		Ref(c.Keys, l.ID, l.Recipient), now.Format(time.RFC1123Z),
	}
}

// hourForm is how letters tell times: see web.Letters.
const hourForm = "15:04"

// plain are values that no encoding changes: addresses without quotes, short enough
// to stand on a line.
var plain = regexp.MustCompile(`^[0-9a-z_+-]+(\.[0-9a-z_+-]+)*@[0-9a-z.-]{4,30}$`)

const longestPlain = 50

// printed composes a letter, by the press if its kind allows it.
func (c *Composer) printed(claim *magiclink.Claim, now time.Time) (*Message, error) {
	l := &claim.Letter
	if l.Template != magiclink.SignInLetter || len(l.Recipient) > longestPlain || !plain.MatchString(l.Recipient) || c.Letters.Own(l.ClientID, l.Locale) {
		return c.compose(claim, now, rand.Text())
	}
	set := c.press.kind(c.kindOf(claim), func() *setLetter { return c.set(claim) })
	if values := c.values(claim, now); set != nil && set.fits(values) {
		return c.addressed(claim, set.print(values)), nil
	}
	return c.compose(claim, now, rand.Text())
}

func (c *Composer) kindOf(claim *magiclink.Claim) kind {
	l, m := &claim.Letter, &claim.Minted
	k := kind{
		client: c.Clients.Client(l.ClientID), clientID: l.ClientID, locale: l.Locale,
		minutes: minutes(m), code: len(m.Code.Reveal()), native: l.Native(), numbered: l.Number != "",
	}
	k.program, k.system = browser.Parts(l.UserAgent)
	return k
}

// kind returns what is kept of a kind, which it has set if it meets it first.
func (p *press) kind(k kind, set func() *setLetter) *setLetter {
	p.once.Do(func() { p.kinds = lru.New[kind, *setLetter](maxKinds) })
	have, known := p.kinds.Get(k)
	if !known {
		have = set()
		p.kinds.Put(k, have)
	}
	return have
}

// set makes the plates of a letter's kind; nil if they would not print it right.
func (c *Composer) set(claim *magiclink.Claim) *setLetter {
	boundary := rand.Text()
	first, now := standIn(claim, "xQ", time.Date(2001, 2, 3, 4, 33, 50, 0, time.UTC))
	m, err := c.compose(first, now, boundary)
	if err != nil {
		return nil // composing the letter itself says so too
	}
	values := c.values(first, now)
	text, html := m.Parts()
	s := &setLetter{newPlate(m.Subject, values), newPlate(text, values), newPlate(html, values), newPlate(m.Raw, values), nil}
	for _, v := range values {
		s.lengths = append(s.lengths, len(v))
	}
	second, now := standIn(claim, "qZv", time.Date(2012, 11, 21, 17, 18, 20, 0, time.UTC))
	m, err = c.compose(second, now, boundary)
	if err != nil || !same(s.print(c.values(second, now)), m) {
		return nil
	}
	return s
}

// standIn is a letter of the same kind with values that say by themselves where
// they stand. Its recipient has a length of its own.
func standIn(claim *magiclink.Claim, letters string, now time.Time) (*magiclink.Claim, time.Time) {
	as := func(before, like string) string {
		return (before + strings.Repeat(letters, len(like)))[:len(like)]
	}
	c := *claim
	life := c.Minted.Stored.ExpiresAt.Sub(c.Minted.Stored.MintedAt)
	c.Letter.ID = as("let_K", c.Letter.ID)
	c.Letter.Recipient = strings.Repeat(strings.ToLower(letters), 5) + "@recipient.example"
	// Its two characters are others in each stand-in, or a name with both would be taken
	// for a number.
	c.Letter.Number = as("Z", c.Letter.Number)
	c.Letter.AskedAt = now.Add(-17 * time.Minute)
	c.Minted.Link, c.Minted.Code, c.Minted.NotMe = secret.TokenOf(as("L", c.Minted.Link.Reveal())), secret.TokenOf(as("C", c.Minted.Code.Reveal())), as("N", c.Minted.NotMe)
	c.Minted.Stored.MintedAt = now
	c.Minted.Stored.ExpiresAt = now.Add(life)
	return &c, now
}

// fits reports whether the values may stand where the stand-ins did: all but the
// recipient, which comes first, have one length.
func (s *setLetter) fits(values []string) bool {
	for i, v := range values[1:] {
		if len(v) != s.lengths[i+1] {
			return false
		}
	}
	return true
}

// print makes a letter without its addresses.
func (s *setLetter) print(values []string) *Message {
	return &Message{
		Subject: s.subject.print(values), Raw: s.raw.print(values),
		Parts: func() (text, html string) { return s.text.print(values), s.html.print(values) },
	}
}

// same compares all that a press prints.
func same(a, b *Message) bool {
	text, html := a.Parts()
	otherText, otherHTML := b.Parts()
	return a.Subject == b.Subject && a.Raw == b.Raw && text == otherText && html == otherHTML
}
