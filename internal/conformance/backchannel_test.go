package conformance_test

import (
	"net/http"
	"slices"
	"testing"
	"time"
)

// told is the client that hears of logouts from the provider.
var told = client{id: "suite-backchannel", secret: secretOf("SUITE_BACKCHANNEL_SECRET")}

var backchannelOP = plan{suite: "oidcc-backchannel-rp-initiated-logout-certification-test-plan", notified: true, modules: []module{
	{"oidcc-backchannel-logout-discovery-endpoint-verification", "backchannel_logout_supported and _session_supported, end_session_endpoint, https everywhere", logoutDeclared("backchannel_logout"), false},
	{"oidcc-backchannel-rp-initiated-logout", "a signed logout token by POST over TLS: iss, aud, iat, jti, events, sub and sid of the ID token, no nonce; then back with state, then prompt=none fails", backchannelLogout, false},
}}

func TestBackChannelOP(t *testing.T) { backchannelOP.run(t) }

// logoutDeclared is the metadata that both ways of telling clients want.
func logoutDeclared(name string) func(*rp) {
	return func(r *rp) {
		for _, member := range []string{name + "_supported", name + "_session_supported"} {
			if r.metadata[member] != true {
				r.t.Errorf("%s is %v", member, r.metadata[member])
			}
		}
		logoutDiscovery(r)
	}
}

func backchannelLogout(r *rp) {
	got := r.login(told)
	q := logoutRequest(got)
	r.endSession(q)
	n := r.notified.next(r.t)
	if n.method != http.MethodPost || n.contentType != "application/x-www-form-urlencoded" || len(n.query) != 0 || len(n.form) != 1 || len(n.form["logout_token"]) != 1 {
		r.t.Errorf("the notice is %s %s %v %v", n.method, n.contentType, n.query, n.form)
	}
	r.checkLogoutToken(got, n.form.Get("logout_token"))
	r.returned(q)
	r.isSignedOut()
}

// checkLogoutToken is OpenID Connect Back-Channel Logout §2.4, with both sub and
// sid.
func (r *rp) checkLogoutToken(got tokens, token string) {
	t := r.t
	t.Helper()
	claims := r.verify(token)
	for name, want := range map[string]any{"iss": r.issuer(), "sub": got.sub(), "sid": got.claims["sid"]} {
		if claims[name] != want || want == nil {
			t.Errorf("%s is %v, want %v", name, claims[name], want)
		}
	}
	if aud := claims["aud"]; aud != got.client.id && !slices.Equal(texts(aud), []string{got.client.id}) {
		t.Errorf("aud is %v", aud)
	}
	if jti, ok := claims["jti"].(string); !ok || len(jti) < 16 {
		t.Errorf("jti is %v", claims["jti"])
	}
	events, _ := claims["events"].(map[string]any)
	if event, ok := events["http://schemas.openid.net/event/backchannel-logout"].(map[string]any); !ok || len(event) != 0 || len(events) != 1 {
		t.Errorf("events is %v", claims["events"])
	}
	if _, given := claims["nonce"]; given {
		t.Error("a logout token with a nonce")
	}
	now := r.provider.Clock.Now()
	if iat, exp := r.moment(claims, "iat"), r.moment(claims, "exp"); now.Sub(iat).Abs() > 5*time.Minute || exp.Before(now) || exp.Sub(iat) > 2*time.Minute {
		t.Errorf("iat is %s, exp %s, now %s", iat, exp, now)
	}
}
