package conformance_test

import (
	"net/http"
	"net/url"
)

// logoutModules are those of the RP-Initiated Logout plan.
var logoutModules = []module{
	{"oidcc-rp-initiated-logout-discovery-endpoint-verification", "end_session_endpoint, https everywhere", logoutDiscovery, false},
	{"oidcc-rp-initiated-logout", "back to the client with state of 128 characters, then prompt=none fails", logout, false},
	{"oidcc-rp-initiated-logout-bad-post-logout-redirect-uri", "an unregistered address gets a page", badLogout(func(_ *rp, q url.Values, _ tokens) { q.Set("post_logout_redirect_uri", signedOut+"/bad") }), false},
	{"oidcc-rp-initiated-logout-modified-id-token-hint", "a hint changed to alg none gets a page", badLogout(func(_ *rp, q url.Values, got tokens) { q.Set("id_token_hint", algNone(got.id)) }), false},
	{"oidcc-rp-initiated-logout-no-id-token-hint", "an address without a hint gets a page", badLogout(func(_ *rp, q url.Values, _ tokens) { q.Del("id_token_hint") }), false},
	{"oidcc-rp-initiated-logout-no-params", "without parameters: signed out after a question", endsHere("id_token_hint", "post_logout_redirect_uri", "state"), false},
	{"oidcc-rp-initiated-logout-no-post-logout-redirect-uri", "without an address: signed out", endsHere("post_logout_redirect_uri"), false},
	{"oidcc-rp-initiated-logout-no-state", "back to the client without state, then prompt=none fails", logoutWithoutState, false},
	{"oidcc-rp-initiated-logout-only-state", "with state alone: signed out after a question", endsHere("id_token_hint", "post_logout_redirect_uri"), false},
	{"oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri", "a registered address with a query added gets a page", badLogout(func(_ *rp, q url.Values, _ tokens) { q.Set("post_logout_redirect_uri", signedOut+"?foo=bar") }), false},
	{"oidcc-rp-initiated-logout-bad-id-token-hint", "hints that others signed get a page", badHints, false},
}

func logoutDiscovery(r *rp) {
	r.endpoint("end_session_endpoint")
	r.endpointsAreHTTPS()
}

// logoutRequest is what the suite sends first (RP-Initiated Logout §2).
func logoutRequest(got tokens) url.Values {
	return url.Values{"id_token_hint": {got.id}, "post_logout_redirect_uri": {signedOut}, "state": {longState()}}
}

// endSession opens the end session endpoint. The person says yes to a question.
func (r *rp) endSession(q url.Values) {
	r.t.Helper()
	r.copied = r.agent.copy()
	r.visit(r.endpoint("end_session_endpoint") + "?" + q.Encode())
	for _, f := range forms(r.agent.page.body) {
		if r.agent.left == nil && hasButton(f, "sign-out") {
			r.agent.press(f, "sign-out")
		}
	}
}

// isSignedOut asks without a page, which must fail now, and not only because the
// browser lost its cookie: a copy of it from before is worth nothing either.
func (r *rp) isSignedOut() {
	r.t.Helper()
	for _, a := range []*agent{r.agent, r.copied} {
		r.agent = a
		q := r.request(basic, "prompt", "none", "state", longState())
		r.authorize(q)
		r.refused(q, needsPage...)
	}
}

// returned checks the way back after a sign-out: to the registered address, with
// the state that was sent and nothing else.
func (r *rp) returned(q url.Values) {
	r.t.Helper()
	v := r.agent.left
	if v == nil {
		r.t.Fatalf("nobody came back, but %d %q", r.agent.page.status, heading(r.agent.page.body))
	}
	want := url.Values{}
	if q.Has("state") {
		want.Set("state", q.Get("state"))
	}
	if v.method != http.MethodGet || v.to != signedOut || v.query.Encode() != want.Encode() {
		r.t.Errorf("%s %s with %v, want %s with %v", v.method, v.to, v.query, signedOut, want)
	}
}

func logout(r *rp) {
	q := logoutRequest(r.login(basic))
	r.endSession(q)
	r.returned(q)
	r.isSignedOut()
}

func logoutWithoutState(r *rp) {
	q := logoutRequest(r.login(basic))
	q.Del("state")
	r.endSession(q)
	r.returned(q)
	r.isSignedOut()
}

// endsHere leaves parameters out: the person is signed out and stays here.
func endsHere(left ...string) func(*rp) {
	return func(r *rp) {
		q := logoutRequest(r.login(basic))
		for _, name := range left {
			q.Del(name)
		}
		r.endSession(q)
		r.stays(http.StatusOK)
		if got := heading(r.agent.page.body); got != "You are signed out" {
			r.t.Errorf("the page says %q", got)
		}
		r.isSignedOut()
	}
}

// badLogout breaks the request: the browser must not go back to the client, and
// nobody is signed out by it.
func badLogout(spoil func(*rp, url.Values, tokens)) func(*rp) {
	return func(r *rp) {
		got := r.login(basic)
		q := logoutRequest(got)
		spoil(r, q, got)
		r.endSession(q)
		r.stays(http.StatusBadRequest)
		r.again(got, r.silently(basic, "prompt", "none"))
	}
}
