package conformance_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// answer checks how an authorization response arrived and returns its parameters
// (OAuth 2.0 Form Post Response Mode §2, RFC 9207 §2.4).
func (r *rp) answer(q url.Values) url.Values {
	t := r.t
	t.Helper()
	v := r.agent.left
	if v == nil {
		t.Fatalf("no answer to the client, but %d at %s: %q", r.agent.page.status, r.agent.page.at.Path, heading(r.agent.page.body))
	}
	if want, _, _ := strings.Cut(q.Get("redirect_uri"), "?"); v.to != want {
		t.Errorf("the answer went to %s, want %s", v.to, want)
	}
	params := v.query
	if r.formPost {
		params = v.form
		if v.method != http.MethodPost || v.contentType != "application/x-www-form-urlencoded" {
			t.Errorf("the answer came by %s with %q, want a posted form", v.method, v.contentType)
		}
		if v.query.Has("code") || v.query.Has("error") {
			t.Errorf("code or error is in the address: %v", v.query)
		}
	} else if v.method != http.MethodGet {
		t.Errorf("the answer came by %s", v.method)
	}
	for name, values := range params {
		if len(values) != 1 {
			t.Errorf("the answer has %s %d times", name, len(values))
		}
	}
	if got := params.Get("iss"); got != r.issuer() {
		t.Errorf("iss of the answer is %q, want %q", got, r.issuer())
	}
	if got := params.Get("state"); got != q.Get("state") {
		t.Errorf("state of the answer is %q, want %q", got, q.Get("state"))
	}
	return params
}

// code is the code of a successful answer. An answer carries nothing unexpected.
func (r *rp) code(q url.Values) string {
	r.t.Helper()
	params := r.answer(q)
	if params.Has("error") || params.Get("code") == "" {
		r.t.Fatalf("no code: %v", params)
	}
	r.only(params, "code", "state", "iss")
	return params.Get("code")
}

// described is the error_description that RFC 6749 §4.1.2.1 allows; the suite
// warns of line ends and tabs in it.
var described = regexp.MustCompile(`^[\x20\x21\x23-\x5b\x5d-\x7e]*$`)

// refused is the suite's generic check of an error answer, and that its code is
// one of those expected.
func (r *rp) refused(q url.Values, codes ...string) {
	r.t.Helper()
	params := r.answer(q)
	r.only(params, "error", "error_description", "error_uri", "state", "iss")
	if params.Has("code") || !slices.Contains(codes, params.Get("error")) {
		r.t.Errorf("the answer is %v, want error to be one of %v", params, codes)
	}
	if !described.MatchString(params.Get("error_description")) {
		r.t.Errorf("error_description %q has characters that are not allowed", params.Get("error_description"))
	}
}

// The errors that say that a page would have had to be shown.
var needsPage = []string{"interaction_required", "login_required", "account_selection_required", "consent_required"}

func (r *rp) only(params url.Values, names ...string) {
	r.t.Helper()
	for name := range params {
		if !slices.Contains(names, name) && !strings.HasPrefix(name, "dummy") {
			r.t.Errorf("the answer has an unexpected parameter %s", name)
		}
	}
}

// stays checks that the browser is left on a page that tells a person what is
// wrong, and that leads to no client by redirect, form or frame.
func (r *rp) stays(statuses ...int) {
	t := r.t
	t.Helper()
	p := r.agent.page
	if r.agent.left != nil {
		t.Fatalf("the browser was sent to %s", r.agent.left.to)
	}
	if !slices.Contains(statuses, p.status) || !p.html() || heading(p.body) == "" {
		t.Fatalf("%d %s %q, want a page with status %v", p.status, p.header.Get("Content-Type"), heading(p.body), statuses)
	}
	for _, tag := range tags(p.body) {
		for _, name := range []string{"action", "formaction", "href", "src"} {
			if u := r.agent.resolve(tag.attrs[name]); u.Host != r.agent.issuer.Host {
				t.Errorf("the page leads to %s by <%s %s>", u, tag.name, name)
			}
		}
		if strings.EqualFold(tag.attrs["http-equiv"], "refresh") {
			t.Error("the page goes on by itself")
		}
	}
}
