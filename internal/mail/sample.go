package mail

import (
	"fmt"
	"strings"
	"time"

	"idp/internal/magiclink"
	"idp/internal/secret"
)

// Sample is a claim with made-up values, for previews, checks and trials: its link
// and code open nothing.
func Sample(client, recipient, locale string, now time.Time) *magiclink.Claim {
	return &magiclink.Claim{
		Tries: 1,
		Letter: magiclink.Letter{
			ID: secret.NewID("let_", now), Recipient: recipient, Locale: locale, ClientID: client, Number: "47", AskedAt: now,
			UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
		},
		Minted: magiclink.Minted{
			Link: secret.TokenOf("SampleLinkThatOpensNothing000000"), Code: secret.TokenOf("123456"), NotMe: "SampleLinkThatCancelsNothing",
			Stored: magiclink.Secret{MintedAt: now, ExpiresAt: now.Add(magiclink.Defaults().SecretTTL)},
		},
	}
}

// Check renders a letter and says what it lacks that people or programs need.
func (c *Composer) Check(client, locale string, now time.Time) error {
	claim := Sample(client, "ada@example.com", locale, now)
	l, err := c.Render(claim)
	if err != nil {
		return err
	}
	code, link := claim.Minted.Code.Reveal(), c.Issuer+"/l/"+claim.Minted.Link.Reveal()
	last := "@" + c.host() + " #" + code
	lines := strings.Split(strings.TrimSpace(l.Text), "\n")
	for _, need := range []struct {
		what string
		ok   bool
	}{
		{"login.txt lacks the link on a line of its own", strings.Contains("\n"+l.Text, "\n"+link+"\n")},
		{"login.txt lacks the code before its last line", strings.Contains(strings.Join(lines[:len(lines)-1], "\n"), code)},
		{"login.txt does not end with the line @{{.Host}} #{{.Code}}", lines[len(lines)-1] == last},
		{"login.html lacks the link", strings.Contains(l.HTML, `href="`+link+`"`)},
		{"login.html must show the code as one text by itself, once", strings.Count(l.HTML, ">"+code+"<") == 1},
	} {
		if !need.ok {
			return fmt.Errorf("letter: %s", need.what)
		}
	}
	return nil
}
