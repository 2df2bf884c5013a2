package apptest

import (
	"net/url"
	"strings"
)

// Answer is an authorization response as the client's redirect URI gets it.
type Answer struct {
	To     string // the address, without a query
	Params url.Values
	Posted bool // by form_post, not by a redirect
}

// Code is the authorization code; "" if there is none.
func (a Answer) Code() string { return a.Params.Get("code") }

// Fault is the error code; "" if there is none.
func (a Answer) Fault() string { return a.Params.Get("error") }

// State is the state that came back.
func (a Answer) State() string { return a.Params.Get("state") }

// Answer returns what the page sends to an application, by a redirect to another
// host or by a form that is posted there. ok is false if it sends nothing.
func (p *Page) Answer() (a Answer, ok bool) {
	if target := p.Location(); target != "" && p.foreign(target) {
		address, query, _ := strings.Cut(target, "?")
		params, err := url.ParseQuery(query)
		if err != nil {
			p.t.Fatalf("the answer %s is not well formed: %v", target, err)
		}
		return Answer{To: address, Params: params}, true
	}
	for _, f := range p.Forms() {
		if p.foreign(f.Action) {
			address, _, _ := strings.Cut(f.Action, "?")
			return Answer{To: address, Params: f.Values, Posted: true}, true
		}
	}
	return Answer{}, false
}

// MustAnswer is Answer and fails the test if there is none.
func (p *Page) MustAnswer() Answer {
	p.t.Helper()
	a, ok := p.Answer()
	if !ok {
		p.t.Fatalf("there is no answer to the application, but %s", p)
	}
	return a
}

// foreign reports whether an address leads away from the provider.
func (p *Page) foreign(target string) bool {
	u, err := url.Parse(target)
	return err != nil || u.Scheme != "" && (u.Scheme != p.URL.Scheme || u.Host != p.URL.Host)
}

// String describes the answer for a failing test.
func (a Answer) String() string { return a.To + " " + a.Params.Encode() }
