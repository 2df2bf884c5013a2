package conformance_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
)

// attempt is one run of the FAPI flow: what goes over the wire, to be spoiled.
type attempt struct {
	*rp
	client   client
	holder   holder
	verifier string
	request  url.Values // that is pushed
	uri      string     // that came back
}

func newAttempt(r *rp, c client) *attempt {
	r.t.Helper()
	a := &attempt{rp: r, client: c, holder: newHolder(r), verifier: rand.Text() + rand.Text(), request: r.request(c)}
	sum := sha256.Sum256([]byte(a.verifier))
	a.request.Set("code_challenge", base64.RawURLEncoding.EncodeToString(sum[:]))
	a.request.Set("code_challenge_method", "S256")
	return a
}

// pushReply pushes the request (RFC 9126 §2.1); proof may be "".
func (a *attempt) pushReply(assertion, proof string) reply {
	a.t.Helper()
	fields := url.Values{}
	for name, values := range a.request {
		fields[name] = values
	}
	req := a.newRequest(http.MethodPost, a.endpoint("pushed_authorization_request_endpoint"), asserted(fields, assertion))
	if proof != "" {
		req.Header.Set("DPoP", proof)
	}
	return a.do(req)
}

// push is pushReply that must work (RFC 9126 §2.2).
func (a *attempt) push() {
	a.t.Helper()
	answer := a.pushReply(a.assertion(a.client, nil), "")
	a.accepted(answer)
}

func (a *attempt) accepted(answer reply) {
	a.t.Helper()
	if n, ok := answer.json["expires_in"].(float64); answer.status != http.StatusCreated || !ok || n < 5 || n > 600 {
		a.t.Fatalf("push: %s", answer)
	}
	a.uri = a.text(answer, "request_uri")
	hardToGuess(a.t, "request_uri", a.uri)
}

// approve opens the pushed request in the browser.
func (a *attempt) approve() {
	a.t.Helper()
	a.authorize(url.Values{"client_id": {a.client.id}, "request_uri": {a.uri}})
}

// codeOf runs the flow up to the code.
func (a *attempt) codeOf() string {
	a.t.Helper()
	a.push()
	a.approve()
	return a.code(a.request)
}

// tokenReply redeems with an assertion and a proof; either may be "".
func (a *attempt) tokenReply(fields url.Values, assertion, proof string) reply {
	a.t.Helper()
	if assertion != "" {
		fields = asserted(fields, assertion)
	}
	req := a.newRequest(http.MethodPost, a.endpoint("token_endpoint"), fields)
	if proof != "" {
		req.Header.Set("DPoP", proof)
	}
	return a.do(req)
}

func (a *attempt) fields(code string) url.Values {
	fields := codeFields(a.request, code)
	fields.Set("code_verifier", a.verifier)
	return fields
}

// atToken is a good proof for the token endpoint.
func (a *attempt) atToken() string {
	a.t.Helper()
	return a.holder.proof(http.MethodPost, a.endpoint("token_endpoint"), "", nil)
}

// finish redeems the code and asks who it is, with proofs.
func (a *attempt) finish(code string) tokens {
	a.t.Helper()
	got := a.checkTokens(a.client, a.tokenReply(a.fields(code), a.assertion(a.client, nil), a.atToken()))
	a.checkIDToken(&got, a.request.Get("nonce"))
	a.checkUserinfo(got, a.resource(got, "DPoP", nil))
	return got
}

// resource asks userinfo with a scheme and a proof that change may spoil.
func (a *attempt) resource(got tokens, scheme string, change func(header, claims map[string]any)) reply {
	a.t.Helper()
	at := a.endpoint("userinfo_endpoint")
	req := a.newRequest(http.MethodGet, at, nil)
	req.Header.Set("Authorization", scheme+" "+got.access)
	req.Header.Set("DPoP", a.holder.proof(http.MethodGet, at, got.access, change))
	return a.do(req)
}

// rejected checks an error of an endpoint that programs talk to.
func (a *attempt) rejected(answer reply, codes ...string) {
	a.t.Helper()
	if answer.status != http.StatusBadRequest && answer.status != http.StatusUnauthorized || !slices.Contains(codes, a.text(answer, "error")) {
		a.t.Errorf("%s, want one of %v", answer, codes)
	}
	uncached(a.t, answer)
}
