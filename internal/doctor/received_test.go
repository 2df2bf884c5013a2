package doctor

import (
	"encoding/base64"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const received = "https://login.example.com"

// arrivedAs fills the corpus's gaps with what was sent.
func arrivedAs(t *testing.T, s *Subject, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata/received", name+".eml"))
	if err != nil {
		t.Fatal(err)
	}
	sent := newTrial(s.Keys, received, "smtp", time.Date(2030, 1, 2, 12, 0, 0, 0, time.UTC))
	half := len(sent.link) - 20
	return strings.NewReplacer(
		"{{REF}}", sent.ref, "{{SUBJECT}}", sent.subject, "{{ODD}}", odd, "{{TEXT}}", sent.text, "{{HTML}}", sent.html,
		"{{TEXT_BASE64}}", base64.StdEncoding.EncodeToString([]byte(sent.text)), "{{HTML_BASE64}}", base64.StdEncoding.EncodeToString([]byte(sent.html)),
		"{{LINK}}", sent.link, "{{LINK_ESCAPED}}", url.QueryEscape(sent.link), "{{LINK_FIRST}}", sent.link[:half], "{{LINK_REST}}", sent.link[half:],
		"{{SECOND_HTML}}", html.EscapeString(sent.second), "{{SECOND_ESCAPED}}", url.QueryEscape(sent.second),
		"{{SECOND_TWICE}}", html.EscapeString(html.EscapeString(sent.second)),
	).Replace(string(text))
}

// The corpus: what filters, trackers and mail servers on the way do to a mail.
func TestReceivedCorpus(t *testing.T) {
	t.Parallel()
	s := newSubject(t, received, "")
	seen := map[string]bool{}
	for _, c := range []struct {
		file, check string
		want        Severity
		seen        string
	}{
		{"untouched", "received links", OK, ""},
		{"untouched", "received parts", OK, ""},
		{"untouched", "received headers", OK, ""},
		{"untouched-base64", "received links", OK, ""},
		{"untouched-base64", "received parts", OK, ""},
		{"safelinks", "received links", Warning, "Safe Links"},
		{"urldefense", "received links", Warning, "Proofpoint"},
		{"barracuda", "received links", Warning, "Barracuda"},
		{"sendgrid", "received links", Problem, "click tracking by SendGrid"},
		{"own-tracking-host", "received links", Problem, "click.news.example.org"},
		{"mailgun", "received links", Problem, "click tracking by Mailgun"},
		{"pixel", "received links", Problem, "count who reads"},
		{"ampersand", "received links", Problem, "encoded twice"},
		{"broken-line", "received links", Problem, "broken over two lines"},
		{"quoted-twice", "received links", Problem, "broken over two lines"},
		{"quoted-twice", "received parts", Problem, "beyond ASCII"},
		{"latin1", "received parts", Problem, "beyond ASCII"},
		{"latin1", "received links", OK, ""},
		{"reformatted", "received links", Warning, "not alone"},
		{"html-only", "received parts", Problem, "text part is missing"},
		{"text-only", "received parts", Warning, "HTML part is missing"},
		{"subject-tagged", "received headers", Warning, "[EXTERNAL]"},
		{"other-sender", "received headers", Problem, "bounce@esp.example.org"},
		{"verdicts-good", "received verdicts", OK, "pass"},
		{"verdicts-bad", "received verdicts", Problem, "mx.example.net says spf=softfail"},
		{"untouched", "received verdicts", Note, "no Authentication-Results"},
		{"stranger", "received mail", Problem, "no test mail of this installation"},
		{"forged-reference", "received mail", Problem, "no test mail of this installation"},
	} {
		seen[c.file] = true
		raw := arrivedAs(t, s, c.file)
		for _, form := range []string{raw, strings.ReplaceAll(raw, "\n", "\r\n"), "From someone Wed Jan  2 12:00:00 2030\n" + raw} {
			checks := s.Received(strings.NewReader(form))
			i := slices.IndexFunc(checks, func(k Check) bool { return k.Name == c.check })
			if i < 0 {
				t.Errorf("%s: there is no check %s", c.file, c.check)
				continue
			}
			wants(t, c.file+": "+c.check, checks[i].Run(t.Context()), c.want, c.seen)
		}
	}
	files, err := filepath.Glob("testdata/received/*.eml")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".eml"); !seen[name] {
			t.Errorf("nothing is expected of %s", name)
		}
	}
}

// A damaged file is a finding, whatever is in it.
func FuzzReceived(f *testing.F) {
	f.Add("Subject: x\n\nhello")
	f.Add("Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: text/html\n\n<a href=\"http://%zz\">\n--a--\n")
	f.Add("Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!!!!")
	f.Fuzz(func(t *testing.T, text string) {
		s := newSubject(t, received, "")
		a, err := readMail(strings.NewReader(text))
		if err != nil {
			return
		}
		sent := newTrial(s.Keys, received, "smtp", time.Now())
		for _, found := range [][]Finding{comparedParts(sent, a), comparedLinks(sent, a), s.comparedHeaders(sent, a), verdicts(a)} {
			for _, x := range found {
				_ = x.Seen
			}
		}
	})
}
