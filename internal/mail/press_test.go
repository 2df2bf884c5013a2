package mail_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"idp/internal/magiclink"
	"idp/internal/mail"
	"idp/internal/secret"
	"idp/web"
)

var boundaryIn = regexp.MustCompile(`boundary=(\S+)`)

// same fails the test unless two messages differ in their boundaries alone.
func same(t *testing.T, what string, got, want *mail.Message) {
	t.Helper()
	raw := func(m *mail.Message) string {
		return strings.ReplaceAll(m.Raw, boundaryIn.FindStringSubmatch(m.Raw)[1], "boundary")
	}
	text, html := got.Parts()
	wantText, wantHTML := want.Parts()
	if got.ID != want.ID || got.To != want.To || got.Subject != want.Subject || text != wantText || html != wantHTML || raw(got) != raw(want) {
		t.Errorf("%s: printed\n%s\ncomposed\n%s", what, raw(got), raw(want))
	}
}

// boundaries is how many different boundaries the letters have: printed ones share
// that of their plates.
func boundaries(letters ...*mail.Message) int {
	seen := map[string]bool{}
	for _, m := range letters {
		seen[boundaryIn.FindStringSubmatch(m.Raw)[1]] = true
	}
	return len(seen)
}

// letterTo is a letter of its own, as somebody would ask for it.
func (o *office) letterTo(recipient, client, locale string, at time.Time) *magiclink.Claim {
	l := magiclink.Letter{
		ID: secret.NewID("let_", at), ChallengeID: secret.NewID("", at), Recipient: recipient, ClientID: client, Number: "47", Locale: locale, AskedAt: at,
		UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
	}
	return &magiclink.Claim{Letter: l, Tries: 1, Minted: o.login.Mint(l.ChallengeID, at)}
}

// A printed letter is the letter that would have been composed, in every language,
// whatever its values are; and letters of a kind are printed.
func TestPrintedLettersAreTheComposedOnes(t *testing.T) {
	t.Parallel()
	o := newOffice(t, mail.Server{Port: 1, Security: mail.Plain})
	app := o.addClient(t, "Büro & Söhne <neu>")
	for _, locale := range []string{"en", "de", "fr", "pl", "ja", "ar"} {
		for _, client := range []string{"", app} {
			var printed []*mail.Message
			for i, to := range []string{"ada@example.com", "a.very-long.name+and-more@mail.example.com", "b@a.test"} {
				at := o.now.Add(time.Duration(i) * 1013 * time.Minute)
				claim := o.letterTo(to, client, locale, at)
				got, err := o.worker.Compose.Compose(claim, at)
				if err != nil {
					t.Fatal(err)
				}
				want, err := o.worker.Compose.ComposeAnew(claim, at)
				if err != nil {
					t.Fatal(err)
				}
				same(t, locale+" to "+to, got, want)
				printed = append(printed, got)
			}
			if boundaries(printed...) != 1 {
				t.Errorf("%s, client %q: the letters were not printed", locale, client)
			}
		}
	}
}

// Letters that the press could spoil are composed: addresses with quotes, and
// templates that do more with a value than to show it.
func TestLettersThatAreNotPrinted(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct{ to, text string }{
		"quotes":          {to: `"ada l"@example.com`},
		"a cut code":      {to: "ada@example.com", text: "{{slice .Code 0 3}} {{slice .Code 3}} {{.Link}}"},
		"a judged number": {to: "ada@example.com", text: `{{if eq .Number "47"}}yes{{end}} {{.Code}} {{.Link}}`},
	} {
		o := newOffice(t, mail.Server{Port: 1, Security: mail.Plain})
		if c.text != "" {
			letters, err := web.LoadLetters(web.LetterOptions{Templates: []web.LetterTemplate{{Locale: "en", Name: "login.txt", File: "login.txt", Text: c.text}}})
			if err != nil {
				t.Fatal(err)
			}
			o.worker.Compose.Letters = letters
		}
		var sent []*mail.Message
		for range 2 {
			claim := o.letterTo(c.to, "", "en", o.now)
			got, err := o.worker.Compose.Compose(claim, o.now)
			if err != nil {
				t.Fatal(err)
			}
			want, err := o.worker.Compose.ComposeAnew(claim, o.now)
			if err != nil {
				t.Fatal(err)
			}
			same(t, what, got, want)
			sent = append(sent, got)
		}
		if boundaries(sent...) != 2 {
			t.Errorf("%s: the letters were printed", what)
		}
	}
}

// No plate holds what stood in a letter.
func TestPressForgetsSecrets(t *testing.T) {
	t.Parallel()
	o := newOffice(t, mail.Server{Port: 1, Security: mail.Plain})
	first, second := o.letterTo("ada@example.com", "", "en", o.now), o.letterTo("bob@example.com", "", "en", o.now)
	for range 2 {
		if _, err := o.worker.Compose.Compose(first, o.now); err != nil {
			t.Fatal(err)
		}
	}
	m, err := o.worker.Compose.Compose(second, o.now)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{first.Minted.Link.Reveal()[:20], first.Minted.Code.Reveal(), first.Letter.Recipient, first.Minted.NotMe[:20]} {
		if strings.Contains(m.Raw, s) {
			t.Errorf("the next letter has %q", s)
		}
	}
}

// Names that look like what stands in for a value stay as they are.
func TestPrintedLettersKeepNamesLikeStandIns(t *testing.T) {
	t.Parallel()
	o := newOffice(t, mail.Server{Port: 1, Security: mail.Plain})
	for _, name := range []string{"ZQ Bank", "Zx Bank", "Zq Bank", "CxQxQx", "CqZvqZ", "16:04 04:16 04:43"} {
		client := o.addClient(t, name)
		for range 2 {
			claim := o.letterTo("ada@example.com", client, "en", o.now)
			got, err := o.worker.Compose.Compose(claim, o.now)
			if err != nil {
				t.Fatal(err)
			}
			want, err := o.worker.Compose.ComposeAnew(claim, o.now)
			if err != nil {
				t.Fatal(err)
			}
			same(t, name, got, want)
		}
	}
}
