package mail_test

import (
	"mime"
	netmail "net/mail"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/width"

	"idp/internal/mail"
	"idp/internal/words"
)

// headers of every letter, and their values; "" for any.
var headers = map[string]string{
	"Date": "", "From": "", "To": "<ada@example.com>", "Message-Id": "", "Subject": "", "Mime-Version": "1.0", "Auto-Submitted": "auto-generated",
	"X-Auto-Response-Suppress": "All", "X-Entity-Ref-Id": "", "Content-Language": "", "Content-Type": "",
}

// Every letter in every language keeps the rules that mail programs, spam
// filters, code readers and people go by.
func TestEveryLetterInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, app := range []string{"Notes", "", "Büro & Söhne <Test> with a rather long name"} {
		o := newOffice(t, mail.Server{Port: 1, Security: mail.Plain})
		client := ""
		if app != "" {
			client = o.addClient(t, app)
		}
		for _, locale := range words.Locales() {
			t.Run(locale+", "+app, func(t *testing.T) {
				claim := mail.Sample(client, "ada@example.com", locale, o.now)
				msg, err := o.worker.Compose.Compose(claim, o.now)
				if err != nil {
					t.Fatal(err)
				}
				checkWire(t, msg.Raw)
				m, err := netmail.ReadMessage(strings.NewReader(msg.Raw))
				if err != nil {
					t.Fatal(err)
				}
				checkHeaders(t, m.Header, locale, app)
				text, html := parts(t, m)
				checkText(t, text)
				checkHTML(t, html, locale)
				if err := o.worker.Compose.Check(client, locale, o.now); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

func checkWire(t *testing.T, raw string) {
	t.Helper()
	head, body, _ := strings.Cut(raw, "\r\n\r\n")
	for line := range strings.SplitSeq(head, "\r\n") {
		if len(line) > 78 || !ascii(line) { // RFC 5322 §2.1.1
			t.Errorf("a header line of %d bytes: %q", len(line), line)
		}
	}
	for line := range strings.SplitSeq(body, "\r\n") {
		if len(line) > 76 || !ascii(line) || strings.ContainsAny(line, "\r\n") { // RFC 2045 §6.7
			t.Errorf("a line of %d bytes: %q", len(line), line)
		}
	}
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

func checkHeaders(t *testing.T, h netmail.Header, locale, app string) {
	t.Helper()
	for name, want := range headers {
		if got := h.Get(name); got == "" || want != "" && got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for name := range h {
		if _, known := headers[name]; !known {
			t.Errorf("%s does not belong there: %q", name, h[name])
		}
	}
	if got := h.Get("Content-Language"); got != locale {
		t.Errorf("Content-Language %q", got)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
	if err != nil || !strings.HasPrefix(subject, "123456 ") || !strings.Contains(subject, app) {
		t.Errorf("subject %q, %v", subject, err)
	}
}

const (
	sampleLink   = "https://login.example.com/l/SampleLinkThatOpensNothing000000"
	sampleCancel = "https://login.example.com/n/SampleLinkThatCancelsNothing"
)

func checkText(t *testing.T, text string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for _, line := range lines {
		columns := 0
		for _, r := range line {
			columns++
			if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
				columns++
			}
		}
		if columns > 76 || strings.TrimRight(line, " ") != line {
			t.Errorf("a line of %d columns: %q", columns, line)
		}
	}
	for _, want := range []string{"\n" + sampleLink + "\n", "\n" + sampleCancel + "\n", "123456\n", "47", "Firefox", "UTC", "10"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	if strings.ContainsAny(text, "*{}<") && !strings.Contains(text, "<Test>") {
		t.Errorf("the text has marks in it:\n%s", text)
	}
	if last := lines[len(lines)-1]; last != "@login.example.com #123456" || lines[len(lines)-2] != "" {
		t.Errorf("the last line is %q", last)
	}
}

func checkHTML(t *testing.T, html, locale string) {
	t.Helper()
	dir := "ltr"
	if locale == "ar" {
		dir = "rtl"
	}
	for what, pattern := range map[string]string{
		"lang and dir": `<html lang="` + locale + `" dir="` + dir + `">`, "dir that survives": `<body [^>]*dir="` + dir + `"`,
		"dark mode": `@media \(prefers-color-scheme: dark\)`, "color-scheme": `<meta name="color-scheme" content="light dark">`,
		"preheader": `<body[^>]*>\s*<div style="display:none[^>]*>123456 `, "button": `<a class="button" href="` + sampleLink + `"`,
		"naked link": `>` + sampleLink + `</a>`, "number": `<strong>47</strong>`, "device": "Firefox", "table": `role="presentation"`,
	} {
		if !regexp.MustCompile(pattern).MatchString(html) {
			t.Errorf("no %s", what)
		}
	}
	if n := strings.Count(html, ">123456<"); n != 1 {
		t.Errorf("the code is %d text nodes", n)
	}
	if m := regexp.MustCompile(`(?i)<(img|script|link|iframe|object|form|input)|url\(|@import|src=|background=|<Test>`).FindString(html); m != "" {
		t.Errorf("the HTML has %s", m)
	}
	for _, m := range regexp.MustCompile(`(?:href|action)="([^"]*)"`).FindAllStringSubmatch(html, -1) {
		if m[1] != sampleLink && m[1] != sampleCancel {
			t.Errorf("it leads to %s", m[1])
		}
	}
	if len(html) > 30_000 {
		t.Errorf("the HTML has %d bytes", len(html))
	}
	order := []string{"<h1", ">123456<", `class="button"`, ">" + sampleLink, "10", "Firefox", ">47<", sampleCancel}
	at := 0
	for _, mark := range order {
		i := strings.Index(html[at:], mark)
		if i < 0 {
			t.Fatalf("%s does not stand in its place", mark)
		}
		at += i
	}
}

// Without the code in its subject a letter shows it nowhere before it is opened.
func TestCodeStaysInside(t *testing.T) {
	t.Parallel()
	o := newOffice(t, mail.Server{Port: 1, Security: mail.Plain})
	o.worker.Compose.NoCodeOutside = true
	client := o.addClient(t, "Notes")
	r, err := o.worker.Compose.Render(mail.Sample(client, "ada@example.com", "en", o.now))
	if err != nil || r.Subject != "Sign in to Notes" {
		t.Fatalf("%q, %v", r.Subject, err)
	}
	if strings.Count(r.HTML, "123456") != 1 || !strings.Contains(r.HTML, "Open the link, or type the code. Valid until") {
		t.Error("the preview has the code")
	}
	if r, err = o.worker.Compose.Render(mail.Sample("", "ada@example.com", "de", o.now)); err != nil || r.Subject != "Anmelden" {
		t.Errorf("%q, %v", r.Subject, err)
	}
}
