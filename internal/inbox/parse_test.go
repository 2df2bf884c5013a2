package inbox

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

var m0 = time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)

const letter = `
From: =?utf-8?q?J=C3=B6rg?= <idp@example.com>
To: a@example.com
Subject: =?utf-8?B?R3LDvMOfZQ==?= =?utf-8?Q?_und_?=
 =?utf-8?q?K=C3=BCsse?=
Date: Fri, 20 Mar 2026 10:00:00 +0100
Message-ID: <letter@example.com>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="outer"

Not for modern readers.
--outer
Content-Type: multipart/alternative; boundary="inner"

--inner
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Gr=C3=BC=C3=9Fe: https://example.com/login?token=3Dabc=
def
--inner
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PHA+R3LDvMOfZTwv
cD4=
--inner--
--outer
Content-Type: image/png
Content-ID: <logo>
Content-Disposition: inline
Content-Transfer-Encoding: base64

AAEC
--outer
Content-Type: text/plain; name="notes.txt"
Content-Disposition: attachment; filename="notes.txt"

four
--outer--
`

func TestParseLetter(t *testing.T) {
	t.Parallel()
	m := parse(Envelope{From: "bounce@example.com", To: []string{"a@example.com", "b@example.com"}}, crlf(letter), m0)
	for name, pair := range map[string][2]string{
		"subject":    {m.Subject, "Grüße und Küsse"},
		"from":       {address(m.From), "Jörg <idp@example.com>"},
		"to":         {addressList(m.To), "a@example.com"},
		"bcc":        {addressList(m.Bcc), "b@example.com"},
		"message id": {m.MessageID, "letter@example.com"},
		"date":       {m.SentAt.UTC().Format(time.RFC3339), "2026-03-20T09:00:00Z"},
		"text":       {m.Text, "Grüße: https://example.com/login?token=abcdef"},
		"html":       {m.HTML, "<p>Grüße</p>"},
		"fields":     {m.Fields[2].Name + ": " + m.Fields[2].Value, "Subject: Grüße und Küsse"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %q, want %q", name, pair[0], pair[1])
		}
	}
	if len(m.Inline) != 1 || m.Inline[0] != (Attachment{"2", "", "image/png", "logo", 3}) {
		t.Errorf("inline %+v", m.Inline)
	}
	if len(m.Attachments) != 1 || m.Attachments[0] != (Attachment{"3", "notes.txt", "text/plain", "", 4}) {
		t.Errorf("attachments %+v", m.Attachments)
	}
}

func TestParseBodies(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, raw, text, html string }{
		{"plain", "Subject: x\n\nhello", "hello", ""},
		{"8bit", "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nnaïve ✓", "naïve ✓", ""},
		{"latin-1", "Content-Type: text/plain; charset=ISO-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nna=EFve", "naïve", ""},
		{"unknown charset", "Content-Type: text/plain; charset=x-odd\nContent-Transfer-Encoding: quoted-printable\n\na=FFb", "a\uFFFDb", ""},
		{"html alone", "Content-Type: text/html\n\n<b>hi</b>", "", "<b>hi</b>"},
		{"empty body", "Subject: x\n\n", "", ""},
		{"no body", "Subject: x\n", "", ""},
		{"no line end", "Subject: x", "", ""},
		{"no header", "\nhello", "hello", ""},
		{"not a mail", "hello there\n\nyou", "hello there\r\n\r\nyou", ""},
		{"nothing", "", "", ""},
		{"bad content type", "Content-Type: ;;\n\nhello", "hello", ""},
		{"no boundary", "Content-Type: multipart/mixed\n\nhello", "", ""},
		{"broken base64", "Content-Transfer-Encoding: base64\n\n%%%", "%%%", ""},
		{"unended multipart", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhello", "hello", ""},
		{"two texts", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo\n--b--", "one\ntwo", ""},
	}
	for _, test := range tests {
		m := parse(Envelope{To: []string{"a@example.com"}}, []byte(strings.ReplaceAll(test.raw, "\n", "\r\n")), m0)
		if m.Text != test.text || m.HTML != test.html {
			t.Errorf("%s: text %q, html %q; want %q, %q", test.name, m.Text, m.HTML, test.text, test.html)
		}
		if addressList(m.Recipients()) != "a@example.com" {
			t.Errorf("%s: recipients %q", test.name, addressList(m.Recipients()))
		}
		if strings.HasPrefix(test.raw, "Subject") && m.Subject != "x" {
			t.Errorf("%s: subject %q", test.name, m.Subject)
		}
		if !m.SentAt.Equal(m0) {
			t.Errorf("%s: sent at %v, want the time of arrival", test.name, m.SentAt)
		}
	}
}

func TestParseKeepsWhatItCannotRead(t *testing.T) {
	t.Parallel()
	m := parse(Envelope{From: "e@example.com"}, crlf("To: not an address list @@\nSubject: =?x-odd?q?a?=\n\nhi"), m0)
	if got := addressList(m.To); got != "not an address list @@" {
		t.Errorf("to %q", got)
	}
	if m.Subject != "=?x-odd?q?a?=" {
		t.Errorf("subject %q", m.Subject)
	}
	if got := address(m.From); got != "e@example.com" {
		t.Errorf("from %q, want the envelope's", got)
	}
}

// nested wraps a text in so many multiparts.
func nested(depth int) []byte {
	var b strings.Builder
	for i := range depth {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	return crlf(b.String() + "Content-Type: text/plain\n\nhello")
}

func TestParseBoundsNestingAndParts(t *testing.T) {
	t.Parallel()
	if m := parse(Envelope{}, nested(maxDepth), m0); m.Text != "hello" {
		t.Errorf("%d levels: text %q", maxDepth, m.Text)
	}
	if m := parse(Envelope{}, nested(maxDepth+1), m0); m.Text != "" || len(m.Attachments) != 1 {
		t.Errorf("%d levels: text %q, %d attachments", maxDepth+1, m.Text, len(m.Attachments))
	}
	wide := "Content-Type: multipart/mixed; boundary=b\n\n" +
		strings.Repeat("--b\nContent-Type: image/png\n\nx\n", 1000) + "--b--\n"
	if m := parse(Envelope{}, crlf(wide), m0); len(m.Attachments) != maxParts {
		t.Errorf("%d attachments, want %d", len(m.Attachments), maxParts)
	}
}

func TestPreviewLeavesOutLinks(t *testing.T) {
	t.Parallel()
	m := &Message{Text: "Open\n\nhttps://example.com/login?token=abc\n\nor type 123456"}
	if got := preview(m); got != "Open or type 123456" {
		t.Errorf("preview %q", got)
	}
}

func TestSnippet(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, want string
		message    Message
	}{
		{"text", "Hello Anna, welcome.", Message{Text: "Hello\r\n Anna,\n\nwelcome.\n", HTML: "<p>other</p>"}},
		{"html", "Sign in & go", Message{HTML: "<head><title>T</title><style>p{}</style></head><p>Sign <b>in</b> &amp; go</p>"}},
		{"long", strings.Repeat("ü", 250) + "…", Message{Text: strings.Repeat("ü", 251)}},
		{"none", "", Message{}},
	}
	for _, test := range tests {
		if got := snippet(&test.message); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
