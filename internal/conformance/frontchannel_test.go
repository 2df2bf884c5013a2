package conformance_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// framed is the client that hears of logouts in the browser.
var framed = client{id: "suite-frontchannel", secret: secretOf("SUITE_FRONTCHANNEL_SECRET")}

const framedAt = "https://suite.example.com/test/a/idp/frontchannel_logout"

var frontchannelOP = plan{suite: "oidcc-frontchannel-rp-initiated-logout-certification-test-plan", modules: []module{
	{"oidcc-frontchannel-logout-discovery-endpoint-verification", "frontchannel_logout_supported and _session_supported, end_session_endpoint, https everywhere", logoutDeclared("frontchannel_logout"), false},
	{"oidcc-frontchannel-rp-initiated-logout", "a frame with iss and sid, allowed by the page's policy, loaded first; then back with state, then prompt=none fails", frontchannelLogout, false},
}}

func TestFrontChannelOP(t *testing.T) { frontchannelOP.run(t) }

// frontchannelLogout is OpenID Connect Front-Channel Logout §2 and §3.
func frontchannelLogout(r *rp) {
	got := r.login(framed)
	q := logoutRequest(got)
	r.endSession(q)
	if len(r.agent.frames) != 1 {
		r.t.Fatalf("%d frames were loaded, want one", len(r.agent.frames))
	}
	want := url.Values{"iss": {r.issuer()}, "sid": texts([]any{got.claims["sid"]})}
	if f := r.agent.frames[0]; f.method != http.MethodGet || f.to != framedAt || f.query.Encode() != want.Encode() {
		r.t.Errorf("the frame is %s with %v, want %s with %v", f.to, f.query, framedAt, want)
	}
	if policy := r.agent.page.header.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-src https://suite.example.com") {
		r.t.Errorf("the page's policy forbids the frame: %s", policy)
	}
	r.returned(q)
	r.isSignedOut()
}
