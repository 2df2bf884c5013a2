package apptest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Reply is an answer of an endpoint that programs talk to.
type Reply struct {
	Status int
	Header http.Header
	Body   string
	JSON   map[string]any // nil if the body is no JSON object
}

// String describes the reply for a failing test.
func (r Reply) String() string { return fmt.Sprintf("%d %.300s", r.Status, r.Body) }

// Text is a text of the JSON answer; "" if there is none of this name.
func (r Reply) Text(name string) string {
	s, _ := r.JSON[name].(string)
	return s
}

// Access, Refresh and ID are the tokens of a token endpoint's answer.
func (r Reply) Access() string { return r.Text("access_token") }

// Refresh is the refresh token; "" if none was given.
func (r Reply) Refresh() string { return r.Text("refresh_token") }

// ID is the ID token; "" if none was given.
func (r Reply) ID() string { return r.Text("id_token") }

// Fault is the OAuth error code; "" if there is none.
func (r Reply) Fault() string { return r.Text("error") }

// Claims decodes the payload of a JWT and verifies nothing.
func Claims(t testing.TB, jwt string) map[string]any {
	t.Helper()
	return segment(t, jwt, 1)
}

// JOSEHeader decodes the header of a JWT.
func JOSEHeader(t testing.TB, jwt string) map[string]any {
	t.Helper()
	return segment(t, jwt, 0)
}

func segment(t testing.TB, jwt string, i int) map[string]any {
	t.Helper()
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		t.Fatalf("%q is no JWT", jwt)
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[i])
	out := map[string]any{}
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Do sends a request of a program: no cookies, no redirects. Its address may be
// a path at the provider.
func (p *Provider) Do(req *http.Request) Reply {
	p.t.Helper()
	resp, err := p.wire.RoundTrip(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	r := Reply{Status: resp.StatusCode, Header: resp.Header, Body: string(body)}
	_ = json.Unmarshal(body, &r.JSON) // not every answer is JSON
	return r
}

// NewRequest makes a request of a program. A form makes it a POST.
func (p *Provider) NewRequest(ref string, form url.Values) *http.Request {
	p.t.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.resolve(ref), body)
	if err != nil {
		p.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return req
}

// Get asks for a path with an access token; "" sends none.
func (p *Provider) Get(path, token string) Reply {
	p.t.Helper()
	req := p.NewRequest(path, nil)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return p.Do(req)
}

// HTTPClient is a client for foreign libraries; it trusts the provider's
// certificate.
func (p *Provider) HTTPClient() *http.Client { return &http.Client{Transport: p.wire} }
