package conformance_test

import (
	"net/http"
	"net/url"
	"slices"
	"time"
)

// fapiProofs are the modules about assertions and DPoP proofs.
var fapiProofs = []module{
	{fapiPrefix + "ensure-client-assertion-in-token-endpoint", "no tokens without an assertion", fapiNoAssertion, false},
	{fapiPrefix + "ensure-client-assertion-with-exp-is-5-minutes-in-past-fails", "an expired assertion", fapiAsserted(func(r *rp, c map[string]any) { c["exp"] = r.provider.Clock.Now().Add(-5 * time.Minute).Unix() }), false},
	{fapiPrefix + "ensure-client-assertion-with-wrong-aud-fails", "an assertion for somebody else", fapiAsserted(func(_ *rp, c map[string]any) { c["aud"] = "https://other.example.com" }), false},
	{fapiPrefix + "ensure-client-assertion-with-no-sub-fails", "an assertion without sub", fapiAsserted(func(_ *rp, c map[string]any) { delete(c, "sub") }), false},
	{fapiPrefix + "par-test-par-endpoint-url-as-audience-fails", "the PAR endpoint as aud", fapiAsserted(func(r *rp, c map[string]any) { c["aud"] = r.endpoint("pushed_authorization_request_endpoint") }), false},
	{fapiPrefix + "par-test-token-endpoint-url-as-audience-fails", "the token endpoint as aud", fapiAsserted(func(r *rp, c map[string]any) { c["aud"] = r.endpoint("token_endpoint") }), false},
	{fapiPrefix + "par-test-array-as-audience-fails", "a list as aud", fapiAsserted(func(r *rp, c map[string]any) { c["aud"] = []string{r.issuer(), "https://other.example.com"} }), false},
	{fapiPrefix + "par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted", "nbf 8 s ahead is accepted", fapiSoon, false},
	{fapiPrefix + "par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails", "nbf 70 s ahead", fapiAsserted(func(r *rp, c map[string]any) { c["nbf"] = r.provider.Clock.Now().Add(70 * time.Second).Unix() }), false},
	{fapiPrefix + "ensure-holder-of-key-required", "no tokens without a proof", fapiNoProof, false},
	{fapiPrefix + "ensure-dpop-auth-code-binding-success", "dpop_jkt of the request and the same key at the token endpoint", fapiBoundCode, false},
	{fapiPrefix + "ensure-token-endpoint-fails-with-mismatched-dpop-jkt", "dpop_jkt of another key", fapiOtherKey, false},
	{fapiPrefix + "ensure-mismatched-dpop-jkt-fails", "a push with dpop_jkt and a proof of another key", fapiOtherKeyAtPush, false},
	{fapiPrefix + "ensure-dpopproof-with-iat-10seconds-before-succeeds", "a proof made 10 s ago", fapiProofAt(-10 * time.Second), false},
	{fapiPrefix + "ensure-dpopproof-with-iat-10seconds-after-succeeds", "a proof of 10 s ahead", fapiProofAt(10 * time.Second), false},
	{fapiPrefix + "dpop-negative-tests", "proofs at userinfo with a wrong typ, jwk, jti, htm, htu, iat or ath, or as Bearer; the scheme in any case, htu without its query", fapiBadProofs, false},
}

// fapiToken spoils the redemption.
func fapiToken(spoil func(*attempt, url.Values), codes ...string) func(*rp) {
	return func(r *rp) {
		a := newAttempt(r, fapi1)
		fields := a.fields(a.codeOf())
		spoil(a, fields)
		a.rejected(a.tokenReply(fields, a.assertion(fapi1, nil), a.atToken()), codes...)
	}
}

func fapiNoAssertion(r *rp) {
	a := newAttempt(r, fapi1)
	fields := a.fields(a.codeOf())
	fields.Set("client_id", fapi1.id)
	a.rejected(a.tokenReply(fields, "", a.atToken()), "invalid_client", "invalid_request")
}

// fapiAsserted spoils the assertion, at both endpoints.
func fapiAsserted(spoil func(*rp, map[string]any)) func(*rp) {
	return func(r *rp) {
		a := newAttempt(r, fapi1)
		change := func(claims map[string]any) { spoil(r, claims) }
		a.rejected(a.pushReply(a.assertion(fapi1, change), ""), "invalid_client", "invalid_request")
		a.rejected(a.tokenReply(a.fields(a.codeOf()), a.assertion(fapi1, change), a.atToken()), "invalid_client", "invalid_request")
	}
}

func fapiSoon(r *rp) {
	a := newAttempt(r, fapi1)
	a.accepted(a.pushReply(a.assertion(fapi1, func(c map[string]any) { c["nbf"] = r.provider.Clock.Now().Add(8 * time.Second).Unix() }), ""))
}

func fapiCodeReuse(r *rp) {
	a := newAttempt(r, fapi1)
	code := a.codeOf()
	a.finish(code)
	r.provider.Clock.Advance(time.Second)
	a.rejected(a.tokenReply(a.fields(code), a.assertion(fapi1, nil), a.atToken()), "invalid_grant")
}

func fapiExpiredCode(r *rp) {
	a := newAttempt(r, fapi1)
	code := a.codeOf()
	r.provider.Clock.Advance(62 * time.Second)
	a.rejected(a.tokenReply(a.fields(code), a.assertion(fapi1, nil), a.atToken()), "invalid_grant")
}

func fapiForeignCode(r *rp) {
	a := newAttempt(r, fapi1)
	code := a.codeOf()
	a.rejected(a.tokenReply(a.fields(code), a.assertion(fapi2, nil), a.atToken()), "invalid_grant")
}

func fapiNoProof(r *rp) {
	a := newAttempt(r, fapi1)
	a.rejected(a.tokenReply(a.fields(a.codeOf()), a.assertion(fapi1, nil), ""), "invalid_request", "invalid_dpop_proof", "invalid_grant")
}

func fapiBoundCode(r *rp) {
	a := newAttempt(r, fapi1)
	a.request.Set("dpop_jkt", a.holder.thumbprint())
	a.finish(a.codeOf())
}

func fapiOtherKey(r *rp) {
	a := newAttempt(r, fapi1)
	a.request.Set("dpop_jkt", newHolder(r).thumbprint())
	a.rejected(a.tokenReply(a.fields(a.codeOf()), a.assertion(fapi1, nil), a.atToken()), "invalid_grant", "invalid_dpop_proof", "invalid_request")
}

func fapiOtherKeyAtPush(r *rp) {
	a := newAttempt(r, fapi1)
	a.request.Set("dpop_jkt", newHolder(r).thumbprint())
	proof := a.holder.proof(http.MethodPost, a.endpoint("pushed_authorization_request_endpoint"), "", nil)
	a.rejected(a.pushReply(a.assertion(fapi1, nil), proof), "invalid_request", "invalid_dpop_proof")
}

func fapiProofAt(off time.Duration) func(*rp) {
	return func(r *rp) {
		a := newAttempt(r, fapi1)
		got := a.finish(a.codeOf())
		a.checkUserinfo(got, a.resource(got, "DPoP", func(_, c map[string]any) { c["iat"] = r.provider.Clock.Now().Add(off).Unix() }))
	}
}

// fapiRefresh is the suite's sequence. The token works for its client alone, with
// an assertion each time.
func fapiRefresh(r *rp) {
	a := newAttempt(r, fapi1)
	a.request.Set("scope", "openid offline_access")
	got := a.finish(a.codeOf())
	if got.refresh == "" {
		r.t.Fatal("no refresh token")
	}
	r.provider.Clock.Advance(time.Second)
	form := func() url.Values { return url.Values{"grant_type": {"refresh_token"}, "refresh_token": {got.refresh}} }
	a.rejected(a.tokenReply(form(), a.assertion(fapi2, nil), a.atToken()), "invalid_grant")
	a.rejected(a.tokenReply(form(), "", a.atToken()), "invalid_client", "invalid_request")
	later := r.checkTokens(fapi1, a.tokenReply(form(), a.assertion(fapi1, nil), a.atToken()))
	r.checkIDToken(&later, "")
	r.again(got, later)
	a.checkUserinfo(later, a.resource(later, "DPoP", nil))
}

// fapiBadProofs is RFC 9449 §4.3, item by item, at the resource.
func fapiBadProofs(r *rp) {
	a := newAttempt(r, fapi1)
	got := a.finish(a.codeOf())
	for what, change := range map[string]func(header, claims map[string]any){
		"no typ": func(h, _ map[string]any) { delete(h, "typ") }, "typ JWT": func(h, _ map[string]any) { h["typ"] = "JWT" },
		"no jwk": func(h, _ map[string]any) { delete(h, "jwk") }, "no jti": func(_, c map[string]any) { delete(c, "jti") },
		"no htm": func(_, c map[string]any) { delete(c, "htm") }, "htm POST": func(_, c map[string]any) { c["htm"] = "POST" },
		"no htu": func(_, c map[string]any) { delete(c, "htu") }, "another htu": func(_, c map[string]any) { c["htu"] = r.endpoint("token_endpoint") },
		"no iat": func(_, c map[string]any) { delete(c, "iat") }, "an hour old": func(_, c map[string]any) { c["iat"] = r.provider.Clock.Now().Add(-time.Hour).Unix() },
		"an hour ahead": func(_, c map[string]any) { c["iat"] = r.provider.Clock.Now().Add(time.Hour).Unix() },
		"no ath":        func(_, c map[string]any) { delete(c, "ath") }, "another ath": func(_, c map[string]any) { c["ath"] = halfHash(got.access) },
		"another key": func(h, _ map[string]any) {
			h["jwk"] = map[string]any{"kty": "EC", "crv": "P-256", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}
		},
	} {
		if answer := a.resource(got, "DPoP", change); answer.status != http.StatusUnauthorized && answer.status != http.StatusBadRequest {
			r.t.Errorf("a proof with %s: %s", what, answer)
		}
	}
	if answer := a.resource(got, "Bearer", nil); answer.status != http.StatusUnauthorized {
		r.t.Errorf("as Bearer: %s", answer)
	}
	stranger := &attempt{rp: r, holder: newHolder(r)}
	if answer := stranger.resource(got, "DPoP", nil); answer.status != http.StatusUnauthorized {
		r.t.Errorf("by somebody else: %s", answer)
	}
	same := func(_, c map[string]any) { c["jti"] = "the same each time" }
	statuses := []int{a.resource(got, "DPOP", same).status, a.resource(got, "dpop", same).status}
	if !slices.Equal(statuses, []int{http.StatusOK, http.StatusUnauthorized}) && !slices.Equal(statuses, []int{http.StatusOK, http.StatusBadRequest}) {
		r.t.Errorf("one jti twice: %v", statuses)
	}
	a.checkUserinfo(got, a.resource(got, "DPoP", func(_, c map[string]any) { c["htu"] = r.endpoint("userinfo_endpoint") + "?x=1#y" }))
}
