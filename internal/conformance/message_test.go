package conformance_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/config"
)

// messageOP is what FAPI 2 Message Signing adds to the Security Profile: requests
// that are signed (RFC 9101) and pushed, answers that are signed (JARM).
var messageOP = plan{suite: "fapi2-message-signing-final-test-plan", modules: messageModules, options: []apptest.Option{apptest.Configure(func(c *config.Config) {
	for i := range c.Declared {
		if id := c.Declared[i].ID; id == fapi1.id || id == fapi2.id {
			c.Declared[i].ResponseModes, c.Declared[i].RequireSignedRequest = []string{"query", "jwt"}, true
		}
	}
})}}

var messageModules = []module{
	{fapiPrefix + "discovery-end-point-verification", "request objects and JARM with PS256 and ES256, never none; response_mode jwt", messageDiscovery, false},
	{fapiPrefix + "happy-flow", "a signed request is pushed, the answer is signed for the client and lives ten minutes at most, for two clients", messageHappy, false},
	{fapiPrefix + "user-rejects-authentication", "access_denied comes back signed", messageDenied, false},
	{fapiPrefix + "ensure-authorization-request-without-state-success", "a signed answer without state", messageWithoutState, false},
	{fapiPrefix + "ensure-different-state-inside-and-outside-request-object", "the state of the object counts", messageOutside("state"), false},
	{fapiPrefix + "ensure-different-nonce-inside-and-outside-request-object", "the nonce of the object counts", messageOutside("nonce"), false},
	{fapiPrefix + "state-only-outside-request-object-not-used", "a state beside the object does not count", messageStateOutside, false},
	{fapiPrefix + "ensure-request-object-with-multiple-aud-succeeds", "aud may be a list with the issuer in it", messageObject(func(r *rp, c map[string]any) { c["aud"] = []string{r.issuer(), "https://other.example.com"} }, true), false},
	{fapiPrefix + "ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted", "nbf 8 s ahead is accepted", messageObject(timed("nbf", 8*time.Second), true), false},
	{fapiPrefix + "ensure-request-object-with-nbf-over-60-fails", "nbf over an hour ago", messageObject(timed("nbf", -70*time.Minute), false), false},
	{fapiPrefix + "ensure-request-object-without-nbf-fails", "no nbf", messageObject(without("nbf"), false), false},
	{fapiPrefix + "ensure-request-object-without-exp-fails", "no exp", messageObject(without("exp"), false), false},
	{fapiPrefix + "ensure-request-object-with-exp-over-60-fails", "exp over an hour after nbf", messageObject(timed("exp", 70*time.Minute), false), false},
	{fapiPrefix + "ensure-expired-request-object-fails", "an expired object", messageObject(timed("exp", -5*time.Minute), false), false},
	{fapiPrefix + "ensure-request-object-with-bad-aud-fails", "an object for somebody else", messageObject(func(_ *rp, c map[string]any) { c["aud"] = "https://other.example.com" }, false), false},
	{fapiPrefix + "ensure-request-object-without-redirect-uri-fails", "no redirect_uri in the object", messageObject(without("redirect_uri"), false), false},
	{fapiPrefix + "ensure-request-object-signature-algorithm-is-not-none", "an object with alg none", messageForged(func(_ *rp, object string) string { return algNone(object) }), false},
	{fapiPrefix + "ensure-request-object-with-invalid-signature-fails", "an object with a broken signature", messageForged(func(_ *rp, object string) string { return object[:len(object)-10] + strings.Repeat("A", 10) }), false},
	{fapiPrefix + "ensure-matching-key-in-authorization-request", "an object that the other client signed", messageForeignKey, false},
	{fapiPrefix + "ensure-unsigned-request-at-par-endpoint-fails", "a push that is not signed", messageUnsigned, false},
}

func TestFAPI2MessageSigningOP(t *testing.T) { messageOP.run(t) }

// without takes a claim out of a request object; timed puts a time into it.
func without(name string) func(*rp, map[string]any) {
	return func(_ *rp, claims map[string]any) { delete(claims, name) }
}

func timed(name string, off time.Duration) func(*rp, map[string]any) {
	return func(r *rp, claims map[string]any) { claims[name] = r.provider.Clock.Now().Add(off).Unix() }
}

func messageDiscovery(r *rp) {
	for _, name := range []string{"request_object_signing_alg_values_supported", "authorization_signing_alg_values_supported"} {
		algs := r.list(name)
		if !slices.Contains(algs, "PS256") || !slices.Contains(algs, "ES256") || slices.Contains(algs, "none") {
			r.t.Errorf("%s is %v", name, algs)
		}
	}
	if !slices.Contains(r.list("response_modes_supported"), "jwt") || r.metadata["request_parameter_supported"] != true {
		r.t.Error("response_mode jwt or the parameter request is not advertised")
	}
}

func messageHappy(r *rp) {
	for _, c := range []client{fapi1, fapi2} {
		a := newMessage(r, c)
		a.answered(a.pushObject(a.object(c, nil), nil))
		a.finish(a.code(a.request))
	}
}

func messageDenied(r *rp) {
	a := newMessage(r, fapi1)
	r.denies = true
	a.answered(a.pushObject(a.object(fapi1, nil), nil))
	r.refused(a.request, "access_denied")
}

func messageWithoutState(r *rp) {
	a := newMessage(r, fapi1)
	a.set("state", "")
	a.answered(a.pushObject(a.object(fapi1, nil), nil))
	if r.agent.left.query.Has("state") {
		r.t.Errorf("a state came back: %v", r.agent.left.query)
	}
	a.finish(a.code(a.request))
}

// messageOutside puts another value beside the object, which the suite lets a
// provider refuse; this one takes what is signed.
func messageOutside(name string) func(*rp) {
	return func(r *rp) {
		a := newMessage(r, fapi1)
		a.answered(a.pushObject(a.object(fapi1, nil), url.Values{name: {"outside"}}))
		a.finish(a.code(a.request))
	}
}

func messageStateOutside(r *rp) {
	a := newMessage(r, fapi1)
	a.set("state", "")
	a.answered(a.pushObject(a.object(fapi1, nil), url.Values{"state": {"outside"}}))
	if r.agent.left.query.Has("state") {
		r.t.Errorf("a state came back: %v", r.agent.left.query)
	}
}

func messageObject(change func(*rp, map[string]any), good bool) func(*rp) {
	return func(r *rp) {
		a := newMessage(r, fapi1)
		pushed := a.pushObject(a.object(fapi1, change), nil)
		if good {
			a.answered(pushed)
			a.finish(a.code(a.request))
			return
		}
		a.rejected(pushed, "invalid_request_object", "invalid_request")
	}
}

func messageForged(forge func(*rp, string) string) func(*rp) {
	return func(r *rp) {
		a := newMessage(r, fapi1)
		a.rejected(a.pushObject(forge(r, a.object(fapi1, nil)), nil), "invalid_request_object")
	}
}

func messageForeignKey(r *rp) {
	a := newMessage(r, fapi1)
	a.rejected(a.pushObject(a.object(fapi2, nil), nil), "invalid_request_object")
}

func messageUnsigned(r *rp) {
	a := newMessage(r, fapi1)
	pushed := a.pushReply(a.assertion(fapi1, nil), "")
	if pushed.status == http.StatusCreated {
		r.t.Fatalf("%s", pushed)
	}
	a.rejected(pushed, "invalid_request", "invalid_request_object")
}
