package conformance_test

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

const fapiPrefix = "fapi2-security-profile-final-"

// fapiOP is the plan's core. docs/conformance.md names what is left to the suite.
var fapiOP = plan{suite: "fapi2-security-profile-final-test-plan", modules: append(fapiFlow, fapiProofs...)}

// fapiFlow are the modules about the requests and the way of the code.
var fapiFlow = []module{
	{fapiPrefix + "discovery-end-point-verification", "PAR, private_key_jwt, DPoP, S256, iss; https everywhere", fapiDiscovery, false},
	{fapiPrefix + "happy-flow", "push, consent, code, tokens bound by DPoP, userinfo, for two clients", fapiHappy, false},
	{fapiPrefix + "user-rejects-authentication", "access_denied goes back to the client", fapiDenied, false},
	{fapiPrefix + "ensure-authorization-request-without-state-success", "a code without state", fapiWith("state", ""), false},
	{fapiPrefix + "ensure-authorization-request-without-nonce-success", "a code without nonce", fapiWith("nonce", ""), false},
	{fapiPrefix + "ensure-authorization-request-with-64-char-nonce-success", "a nonce of 64 characters", fapiWith("nonce", strings.Repeat("n", 64)), false},
	{fapiPrefix + "ensure-authorization-request-with-long-nonce", "a nonce of 384 characters", fapiWith("nonce", strings.Repeat("n", 384)), false},
	{fapiPrefix + "ensure-authorization-request-with-long-state", "a state of 384 characters", fapiWith("state", strings.Repeat("s", 384)), false},
	{fapiPrefix + "ensure-redirect-uri-in-authorization-request", "a push without redirect_uri is refused", fapiPush("redirect_uri", "", "invalid_request", "invalid_request_object"), false},
	{fapiPrefix + "ensure-response-type-code-idtoken-fails", "response_type=code id_token is refused", fapiPush("response_type", "code id_token", "unsupported_response_type", "invalid_request"), false},
	{fapiPrefix + "ensure-response-type-token-fails", "response_type=token is refused", fapiPush("response_type", "token", "unsupported_response_type", "invalid_request"), false},
	{fapiPrefix + "par-ensure-pkce-required", "a push without PKCE is refused", fapiPush("code_challenge", "", "invalid_request"), false},
	{fapiPrefix + "par-plain-pkce-rejected", "PKCE with plain is refused", fapiPush("code_challenge_method", "plain", "invalid_request"), false},
	{fapiPrefix + "par-authorization-request-containing-request_uri-form-param", "a push with a request_uri is refused", fapiPush("request_uri", "urn:x", "invalid_request", "request_uri_not_supported"), false},
	{fapiPrefix + "par-attempt-invalid-http-method", "the PAR endpoint takes POST alone", fapiMethod, false},
	{fapiPrefix + "par-attempt-reuse-request_uri", "after a code, the request_uri is spent", fapiReuse, false},
	{fapiPrefix + "par-ensure-reused-request-uri-prior-to-auth-completion-succeeds", "before a code, it may be opened again", fapiReopened, false},
	{fapiPrefix + "par-attempt-to-use-expired-request_uri", "an expired request_uri gets a page or an error", fapiExpired, true},
	{fapiPrefix + "par-attempt-to-use-request_uri-for-different-client", "another client's request_uri gets a page", fapiForeignURI, false},
	{fapiPrefix + "ensure-unsigned-authorization-request-without-using-par-fails", "a request that was not pushed is refused", fapiNotPushed, false},
	{fapiPrefix + "ensure-pkce-code-verifier-required", "no code without the verifier", fapiToken(func(_ *attempt, f url.Values) { f.Del("code_verifier") }, "invalid_grant", "invalid_request"), false},
	{fapiPrefix + "incorrect-pkce-code-verifier-rejected", "no code with another verifier", fapiToken(func(_ *attempt, f url.Values) { f.Set("code_verifier", rand.Text()+rand.Text()) }, "invalid_grant"), false},
	{fapiPrefix + "attempt-reuse-authorization-code-after-one-second", "a code's second use is invalid_grant", fapiCodeReuse, true},
	{fapiPrefix + "ensure-token-endpoint-fails-with-expired-auth-code", "after 62 s the code is invalid_grant", fapiExpiredCode, true},
	{fapiPrefix + "ensure-authorization-code-is-bound-to-client", "another client's code is invalid_grant", fapiForeignCode, false},
	{fapiPrefix + "refresh-token", "refresh with assertion and proof, and not for another client", fapiRefresh, true},
}

func TestFAPI2SecurityProfileOP(t *testing.T) { fapiOP.run(t) }

func fapiDiscovery(r *rp) {
	r.endpointsAreHTTPS()
	r.endpoint("pushed_authorization_request_endpoint")
	for name, want := range map[string]string{
		"token_endpoint_auth_methods_supported": "private_key_jwt", "dpop_signing_alg_values_supported": "ES256", "code_challenge_methods_supported": "S256",
		"token_endpoint_auth_signing_alg_values_supported": "PS256", "id_token_signing_alg_values_supported": "PS256",
	} {
		if !slices.Contains(r.list(name), want) {
			r.t.Errorf("%s lacks %s", name, want)
		}
	}
	if r.metadata["authorization_response_iss_parameter_supported"] != true {
		r.t.Error("authorization_response_iss_parameter_supported is not true")
	}
}

func fapiHappy(r *rp) {
	for _, c := range []client{fapi1, fapi2} {
		a := newAttempt(r, c)
		code := a.codeOf()
		hardToGuess(r.t, "code", code)
		a.finish(code)
	}
}

func fapiDenied(r *rp) {
	a := newAttempt(r, fapi1)
	a.push()
	r.denies = true
	a.approve()
	r.refused(a.request, "access_denied")
}

// fapiWith is the happy flow with a parameter changed, or left out.
func fapiWith(name, value string) func(*rp) {
	return func(r *rp) {
		a := newAttempt(r, fapi1)
		a.set(name, value)
		a.finish(a.codeOf())
	}
}

func (a *attempt) set(name, value string) {
	a.request.Set(name, value)
	if value == "" {
		a.request.Del(name)
	}
}

// fapiPush pushes a bad request.
func fapiPush(name, value string, codes ...string) func(*rp) {
	return func(r *rp) {
		a := newAttempt(r, fapi1)
		a.set(name, value)
		a.rejected(a.pushReply(a.assertion(fapi1, nil), ""), codes...)
	}
}

func fapiMethod(r *rp) {
	a := newAttempt(r, fapi1)
	at := a.endpoint("pushed_authorization_request_endpoint") + "?" + asserted(a.request, a.assertion(fapi1, nil)).Encode()
	if answer := r.get(at, ""); answer.status != http.StatusMethodNotAllowed && answer.status != http.StatusBadRequest && answer.status != http.StatusNotFound {
		r.t.Errorf("GET: %s", answer)
	}
}

func fapiReuse(r *rp) {
	a := newAttempt(r, fapi1)
	a.finish(a.codeOf())
	a.approve()
	r.noCode(a.request)
}

// noCode: a page, or an error by redirect.
func (r *rp) noCode(q url.Values) {
	r.t.Helper()
	if r.agent.left == nil {
		r.stays(http.StatusBadRequest)
		return
	}
	r.refused(q, "invalid_request", "invalid_request_uri", "access_denied", "invalid_client")
}

func fapiReopened(r *rp) {
	a := newAttempt(r, fapi1)
	a.push()
	r.agent.open(r.endpoint("authorization_endpoint") + "?" + url.Values{"client_id": {fapi1.id}, "request_uri": {a.uri}}.Encode())
	a.approve()
	a.finish(r.code(a.request))
}

func fapiExpired(r *rp) {
	a := newAttempt(r, fapi1)
	a.push()
	r.provider.Clock.Advance(10 * time.Minute)
	a.approve()
	r.noCode(a.request)
}

func fapiForeignURI(r *rp) {
	a := newAttempt(r, fapi1)
	a.push()
	a.client = fapi2
	a.approve()
	r.noCode(a.request)
}

func fapiNotPushed(r *rp) {
	a := newAttempt(r, fapi1)
	r.authorize(a.request)
	r.noCode(a.request)
}
