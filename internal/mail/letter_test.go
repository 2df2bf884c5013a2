package mail_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"regexp"
	"strings"
	"testing"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/mail"
	"idp/internal/secret"
)

// letter composes the mail of a fresh login as it goes over the wire.
func letter(t *testing.T, app string) (claim *magiclink.Claim, keys *secret.Keyring, raw []byte) {
	t.Helper()
	o := newOffice(t, mail.Server{Port: 1, Security: mail.Plain})
	client := ""
	if app != "" {
		client = o.addClient(t, app)
	}
	c := magiclink.Letter{ID: secret.NewID("let_", o.now), ChallengeID: "c1", Recipient: "ada@example.com", ClientID: client, Number: "47", UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", AskedAt: o.now}
	claim = &magiclink.Claim{Letter: c, Tries: 1, Minted: o.login.Mint("c1", o.now)}
	msg, err := o.worker.Compose.Compose(claim, o.now)
	if err != nil {
		t.Fatal(err)
	}
	return claim, o.keys, []byte(msg.Raw)
}

// addClient declares a client of this name and returns its id.
func (o *office) addClient(t *testing.T, name string) string {
	t.Helper()
	client := idp.Client{ID: "app", Name: name}
	if err := o.store.ApplyClients(context.Background(), idp.ClientPlan{Add: []idp.Client{client}}, o.now); err != nil {
		t.Fatal(err)
	}
	if err := o.worker.Compose.Clients.Reload(context.Background()); err != nil {
		t.Fatal(err)
	}
	return client.ID
}

// parts reads the text and the HTML of a multipart/alternative.
func parts(t *testing.T, m *netmail.Message) (text, html string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("content type %s, %v", kind, err)
	}
	r := multipart.NewReader(m.Body, params["boundary"])
	var out []string
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.ReplaceAll(string(body), "\r\n", "\n"))
	}
	if len(out) != 2 {
		t.Fatalf("%d parts", len(out))
	}
	return out[0], out[1]
}

// The rules that mail programs, spam filters and code readers go by.
func TestLetterIsWellMade(t *testing.T) {
	t.Parallel()
	for _, app := range []string{"Notes", "", "Büro & Söhne <Test>"} {
		claim, keys, raw := letter(t, app)
		code, link := claim.Minted.Code.Reveal(), "https://login.example.com/l/"+claim.Minted.Link.Reveal()
		for line := range strings.SplitSeq(string(raw), "\r\n") {
			if len(line) > 78 || strings.ContainsAny(line, "\r\n") {
				t.Errorf("%q: a line of %d characters: %q", app, len(line), line)
			}
		}
		ref := mail.Ref(keys, claim.Letter.ID, claim.Letter.Recipient)
		m, err := netmail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{
			"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "X-Entity-Ref-Id": ref, "To": "<ada@example.com>", "User-Agent": "", "X-Mailer": "",
		} {
			if got := m.Header.Get(name); got != want {
				t.Errorf("%q: %s is %q, want %q", app, name, got, want)
			}
		}
		if id := m.Header.Get("Message-Id"); id != "<"+ref+"@example.com>" {
			t.Errorf("message id %s", id)
		}
		from, err := m.Header.AddressList("From")
		if err != nil || len(from) != 1 || from[0].Address != "login@example.com" || from[0].Name != cmp.Or(app, "Sign-in") {
			t.Errorf("%q: from %v, %v", app, from, err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil || !strings.HasPrefix(subject, code+" is your") || !strings.Contains(subject, app) {
			t.Errorf("%q: subject %q", app, subject)
		}
		text, html := parts(t, m)
		if len(link) > 76 || !strings.Contains(text, "\n"+link+"\n") {
			t.Errorf("%q: the link does not stand on a line of its own:\n%s", app, text)
		}
		if lines := strings.Split(strings.TrimSpace(text), "\n"); lines[len(lines)-1] != "@login.example.com #"+code {
			t.Errorf("%q: the last line is %q", app, lines[len(lines)-1])
		}
		if n := len(regexp.MustCompile(`>`+code+`<`).FindAllString(html, -1)); n != 1 {
			t.Errorf("%q: the code is %d text nodes", app, n)
		}
		for _, want := range []string{`href="` + link + `"`, `lang="en"`, "47", "Firefox on Linux"} {
			if !strings.Contains(html, want) {
				t.Errorf("%q: the HTML lacks %s", app, want)
			}
		}
		ends := claim.Minted.Stored.ExpiresAt.UTC().Format("15:04") + " UTC"
		for form, said := range map[string]string{"text": text, "HTML": html} {
			flat := strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(said, "")), " ")
			for _, want := range []string{"for 10 minutes, until " + ends, "Was it not you? Cancel it", "will ever ask you for this code"} {
				if !strings.Contains(flat, want) {
					t.Errorf("%q: the %s does not say %q:\n%s", app, form, want, flat)
				}
			}
			if !strings.Contains(said, "https://login.example.com/n/") {
				t.Errorf("%q: the %s has no way to cancel", app, form)
			}
		}
		for _, bad := range []string{"<img", "<script", "<link", "url(", "<Test>"} {
			if strings.Contains(html, bad) {
				t.Errorf("%q: the HTML contains %s", app, bad)
			}
		}
		if len(html) > 30_000 {
			t.Errorf("the HTML has %d bytes", len(html))
		}
	}
}
