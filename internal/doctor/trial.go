package doctor

import (
	"errors"
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
	"time"

	"idp/internal/secret"
)

// trial is a test mail. All of it follows from the provider, the time and the root
// secret, so the mail can be compared with what arrived without being stored.
type trial struct {
	provider string
	ref      string // in the Message-ID, and in the text where that is replaced
	sentAt   time.Time
	subject  string
	link     string // looks like that of a sign-in, and opens nothing
	second   string // with a sign that some trackers break
	text     string
	html     string
}

const (
	refLabel  = "doctor-mail"
	linkLabel = "doctor-link"
	refLength = 16
	// odd are signs that a wrong transfer encoding breaks.
	odd = "Signs: a=b & 100% ä – €"
)

func newTrial(keys *secret.Keyring, issuer, provider string, now time.Time) *trial {
	at := strconv.FormatInt(now.UnixMilli(), 36)
	return makeTrial(keys, issuer, provider, at, keys.MAC(refLabel, provider, at))
}

// makeTrial writes the mail. mac names the root secret that it was sent under, which
// may not be the current one any more.
func makeTrial(keys *secret.Keyring, issuer, provider, at, mac string) *trial {
	millis, _ := strconv.ParseInt(at, 36, 64) // ours, or proved to be
	ref := "doctor." + provider + "." + at + "." + mac[:refLength]
	whole := strings.NewReplacer("-", "a", "_", "b").Replace(keys.Rederive(linkLabel, mac, ref))
	t := &trial{
		provider: provider, ref: ref, sentAt: time.UnixMilli(millis).UTC(), subject: "Test of " + provider + " by idp doctor",
		link: issuer + "/l/" + whole[len(whole)-secret.LinkLength:], second: issuer + "/?a=1&b=2",
	}
	t.text = fmt.Sprintf("This is a test mail. The link below opens nothing; it shows whether links\narrive as they were sent, alone on their line.\n\n%s\n\n%s\n\nTest: %s\n", t.link, odd, ref)
	t.html = fmt.Sprintf("<!DOCTYPE html>\n<html lang=\"en\"><head><title>%s</title></head><body>\n<p>This is a test mail. Its links open nothing.</p>\n<p><a href=\"%s\">The link of a sign-in</a></p>\n<p><a href=\"%s\">Another one</a></p>\n<p>%s</p>\n<p>Test: %s</p>\n</body></html>\n",
		t.subject, t.link, html.EscapeString(t.second), html.EscapeString(odd), ref)
	return t
}

var refPattern = regexp.MustCompile(`doctor\.([a-z0-9-]{1,32})\.([0-9a-z]{6,12})\.([-_0-9A-Za-z]{16})`)

// errNoTrial says that a mail is none of ours.
var errNoTrial = errors.New("this is no test mail of this installation")

// findTrial finds the test mail that texts of an arrived one refer to.
func findTrial(keys *secret.Keyring, issuer string, texts ...string) (*trial, error) {
	for _, m := range refPattern.FindAllStringSubmatch(strings.Join(texts, "\n"), 20) {
		mac := keys.Rederive(refLabel, m[3], m[1], m[2])
		if keys.CheckCutMAC(refLabel, m[3], refLength, m[1], m[2]) && mac != "" {
			return makeTrial(keys, issuer, m[1], m[2], mac), nil
		}
	}
	return nil, errNoTrial
}
