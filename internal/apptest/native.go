package apptest

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	"idp/internal/inbox"
)

//go:embed clients_native.yaml
var nativeClientsYAML string

// The clients with screens of their own. clients_native.yaml says how each is
// registered.
var (
	Phone   = Client{ID: "phone"}   // public, links lead to its own scheme
	Tablet  = Client{ID: "tablet"}  // the same at another client, links lead to our page
	Shop    = Client{ID: "shop"}    // public, runs at https://shop.example.com, links lead there
	Backend = machine("backend")    // confidential, 5 minutes, at+jwt, pairwise, for bob and staff
	Mixed   = Confidential("mixed") // confidential, signs in by redirect too
)

// NativeMail is a mail that an application asked for by itself.
type NativeMail struct {
	*inbox.Message
	Link, Token, Code string
}

var tokenLink = regexp.MustCompile(`(?m)^(\S+(?:/l/|[?&]token=)([0-9A-Za-z]{32}))\r?$`)

// NextNativeMail is NextMail for such a mail.
func (p *Provider) NextNativeMail(after uint64, to string) NativeMail {
	p.t.Helper()
	m := p.nextOf(after, to, false)
	link := tokenLink.FindStringSubmatch(m.Text)
	mail := NativeMail{Message: m, Code: group(codeInMail, m.Text)}
	if link == nil || mail.Code == "" {
		p.t.Fatalf("the mail lacks link or code:\n%s", m.Text)
	}
	mail.Link, mail.Token = link[1], link[2]
	return mail
}

// JSON posts a JSON object as a client: with HTTP Basic if it has a secret. The
// members are given as names and values in turn; app_id is added.
func (p *Provider) JSON(path string, c Client, namesAndValues ...string) Reply {
	p.t.Helper()
	return p.Do(p.JSONRequest(path, c, namesAndValues...))
}

// JSONRequest is JSON without sending it.
func (p *Provider) JSONRequest(path string, c Client, namesAndValues ...string) *http.Request {
	p.t.Helper()
	members := map[string]string{"app_id": c.ID}
	for i := 0; i < len(namesAndValues); i += 2 {
		members[namesAndValues[i]] = namesAndValues[i+1]
	}
	body, err := json.Marshal(members)
	if err != nil {
		p.t.Fatal(err)
	}
	req := p.JSONText(path, string(body))
	if !c.Public() {
		SetBasic(req, c.ID, c.Secret)
	}
	return req
}

// JSONText makes a post of a body as it is.
func (p *Provider) JSONText(path, body string) *http.Request {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.resolve(path), strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	return req
}
