package conformance_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// longState is what the suite sends where it wants 128 characters of state.
func longState() string {
	return strings.Repeat(rand.Text(), 5)[:124] + "-._~"
}

func codeReuse(r *rp) {
	q := r.request(basic)
	r.authorize(q)
	code := r.code(q)
	r.userinfo(r.redeem(basic, q, code))
	r.denied(r.do(r.authenticated(basic, r.endpoint("token_endpoint"), codeFields(q, code))), "invalid_grant")
}

func codeReuse30Seconds(r *rp) {
	q := r.request(basic)
	r.authorize(q)
	code := r.code(q)
	got := r.redeem(basic, q, code)
	r.userinfo(got)
	r.provider.Clock.Advance(30 * time.Second)
	r.denied(r.do(r.authenticated(basic, r.endpoint("token_endpoint"), codeFields(q, code))), "invalid_grant")
	answer := r.get(r.endpoint("userinfo_endpoint"), got.access)
	if answer.status != http.StatusUnauthorized || answer.json["error"] != "invalid_token" || !strings.HasPrefix(answer.header.Get("WWW-Authenticate"), "Bearer ") {
		r.t.Errorf("userinfo after a code's second use: %s, WWW-Authenticate %q", answer, answer.header.Get("WWW-Authenticate"))
	}
}

// validPKCE has a negative beside it: what is not checked is not supported.
func validPKCE(r *rp) {
	verifier := rand.Text() + rand.Text()
	sum := sha256.Sum256([]byte(verifier))
	q := r.request(basic, "code_challenge", base64.RawURLEncoding.EncodeToString(sum[:]), "code_challenge_method", "S256")
	r.authorize(q)
	fields := codeFields(q, r.code(q))
	fields.Set("code_verifier", rand.Text()+rand.Text())
	r.denied(r.do(r.authenticated(basic, r.endpoint("token_endpoint"), fields)), "invalid_grant")
	r.authorize(q)
	r.userinfo(r.redeem(basic, q, r.code(q), "code_verifier", verifier))
}

// refreshToken is the suite's sequence for two clients. The first asks for its
// scope again, the second does not (RFC 6749 §6).
func refreshToken(r *rp) {
	var kept string
	for _, c := range []client{basic, second} {
		first := r.login(c, "scope", "openid offline_access", "prompt", "consent")
		if first.refresh == "" {
			r.t.Fatal("no refresh token")
		}
		fields := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {first.refresh}}
		if c.id == basic.id {
			fields.Set("scope", "openid offline_access")
		}
		r.provider.Clock.Advance(time.Second)
		later := r.checkTokens(c, r.do(r.authenticated(c, r.endpoint("token_endpoint"), fields)))
		r.checkIDToken(&later, "")
		r.again(first, later) // OpenID Connect Core §12.2
		if later.access == first.access {
			r.t.Error("the access token is the one of before")
		}
		r.userinfo(later)
		if kept = later.refresh; kept == "" {
			kept = first.refresh
		}
	}
	r.denied(r.do(r.authenticated(basic, r.endpoint("token_endpoint"), url.Values{"grant_type": {"refresh_token"}, "refresh_token": {kept}})), "invalid_grant")
}
