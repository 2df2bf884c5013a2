package oidc_test

import (
	"net/http"
	"net/url"
	"testing"

	"idp/internal/apptest"
)

// RFC 6749 §3.1 and §3.2: a parameter without a value is one that was left out.
func TestParametersWithoutAValue(t *testing.T) {
	p := one(t, signedClients())
	b := p.Browser()
	r := apptest.NewRequest(apptest.Web)
	a := b.SignIn(r.With("request", "", "request_uri", "", "prompt", "", "max_age", "", "claims", "", "id_token_hint", "", "response_mode", "", "dpop_jkt", ""), ada)
	form := r.CodeForm(a.Code())
	for _, name := range []string{"client_assertion", "client_assertion_type", "client_secret", "client_id", "scope"} {
		form.Set(name, "")
	}
	granted(t, "by Basic", p.Post("/oauth/token", apptest.Web, form))
	if a := b.SignIn(mustPush(t, p, r.With("request", "")).With("request", ""), ada); a.Code() == "" {
		t.Errorf("pushed: %s", a)
	}
	object := outside(apptest.NewRequest(signed), "")
	object.Params.Set("request", appKeys()["ES256"].jws(t, requestHeader, objectClaims(p, apptest.NewRequest(signed))))
	if page := b.Authorize(object.With("request_uri", "")); asks(page) != "code" {
		t.Errorf("signed: %s", page)
	}
	refused(t, "an assertion without its type", p.Post("/oauth/token", apptest.Web, url.Values{"client_assertion": {"x"}, "client_assertion_type": {""}}), http.StatusBadRequest, "invalid_request")
}
