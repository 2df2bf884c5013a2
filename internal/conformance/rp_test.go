package conformance_test

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"idp/internal/apptest"
)

// client is one registration, as examples/conformance.yaml has it.
type client struct {
	id, secret string
	post       bool   // client_secret_post
	alg        string // private_key_jwt, and DPoP
}

// The address that every client of the example takes people back to, and after a
// sign-out.
const (
	callback   = "https://suite.example.com/test/a/idp/callback"
	signedOut  = "https://suite.example.com/test/a/idp/post_logout_redirect"
	nonceChars = 10
)

var (
	basic  = client{id: "suite-basic", secret: secretOf("SUITE_BASIC_SECRET")}
	second = client{id: "suite-second", secret: secretOf("SUITE_SECOND_SECRET")}
	post   = client{id: "suite-post", secret: secretOf("SUITE_POST_SECRET"), post: true}
)

// secretOf is what a name in the example's file stands for. It has characters
// that HTTP Basic wants encoded (RFC 6749 §2.3.1).
func secretOf(name string) string { return strings.ToLower(name) + " +/=%: for the tests" }

// rp is one run of a module: a relying party, a browser without cookies and a
// person in front of it.
type rp struct {
	*op
	person
	formPost bool
	copied   *agent    // with the cookies of before a sign-out
	notified *notified // nil unless the plan wants it

	published *published       // nil unless the plan wants it
	signsWith *jose.JSONWebKey // nil for the client's own key
}

func newRP(t *testing.T, p *apptest.Provider, formPost bool) *rp {
	t.Helper()
	o := discover(t, p)
	r := &rp{op: o, formPost: formPost}
	r.person = person{op: o, agent: newAgent(t, o.issuer(), o.wire), email: strings.ToLower(rand.Text()) + "@example.com"}
	return r
}

// request is what the suite sends first in every module: no PKCE, state and nonce
// of ten characters, scope openid.
func (r *rp) request(c client, more ...string) url.Values {
	q := url.Values{
		"client_id": {c.id}, "redirect_uri": {c.redirect()}, "response_type": {"code"}, "scope": {"openid"},
		"state": {rand.Text()[:nonceChars]}, "nonce": {rand.Text()[:nonceChars]},
	}
	if r.formPost {
		q.Set("response_mode", "form_post")
	}
	for i := 0; i < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return q
}

// authorize opens a request in the browser; the person does what is asked.
func (r *rp) authorize(q url.Values) {
	r.t.Helper()
	r.visit(r.endpoint("authorization_endpoint") + "?" + q.Encode())
}

func (r *rp) visit(address string) {
	r.t.Helper()
	r.agent.left, r.wrote = nil, 0
	r.agent.open(address)
	r.act()
}

// login is a whole module's happy path: request, answer, tokens, userinfo.
func (r *rp) login(c client, more ...string) tokens {
	r.t.Helper()
	q := r.request(c, more...)
	r.authorize(q)
	return r.complete(c, q)
}

// silently is login that must not show a page to anybody.
func (r *rp) silently(c client, more ...string) tokens {
	r.t.Helper()
	q := r.request(c, more...)
	r.authorize(q)
	if r.wrote > 0 {
		r.t.Error("a login page was shown, and none was expected")
	}
	return r.complete(c, q)
}

// complete redeems the code of the answer and asks who it is.
func (r *rp) complete(c client, q url.Values) tokens {
	r.t.Helper()
	got := r.redeem(c, q, r.code(q))
	r.userinfo(got)
	return got
}

// authenticated adds a client's id and secret to a request, by its own method.
func (r *rp) authenticated(c client, address string, fields url.Values) *http.Request {
	if c.post {
		fields.Set("client_id", c.id)
		fields.Set("client_secret", c.secret)
	}
	req := r.newRequest(http.MethodPost, address, fields)
	if !c.post {
		req.SetBasicAuth(url.QueryEscape(c.id), url.QueryEscape(c.secret))
	}
	return req
}
