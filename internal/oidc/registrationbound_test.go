package oidc_test

import (
	"net/http"
	"testing"

	"idp/internal/apptest"
)

// What an application registers to be held to, it is held to: who takes its tokens
// relies on the binding (RFC 9449 §5.2), and who reads its requests on the push
// (RFC 9126 §6).
func TestRegisteredClientThatBindsItself(t *testing.T) {
	p := one(t, registering(10))
	const bound, pushed = "dpop_bound_access_tokens", "require_pushed_authorization_requests"
	made := call(t, p, "POST", "/oauth/register", initialToken, application(object{bound: true, pushed: true}))
	if made.Status != http.StatusCreated || made.JSON[bound] != true || made.JSON[pushed] != true {
		t.Fatalf("%s", made)
	}
	c := apptest.Client{ID: made.Text("client_id"), Secret: made.Text("client_secret"), Redirect: "https://reg.example.com/callback"}
	r := apptest.NewRequest(c)
	if a := p.Browser().Authorize(r).MustAnswer(); a.Fault() != "invalid_request" {
		t.Errorf("not pushed: %s", a)
	}
	code := p.Browser().SignIn(mustPush(t, p, r), ada).Code()
	refused(t, "no proof", p.Redeem(r, code), http.StatusBadRequest, "invalid_dpop_proof")
	granted(t, "with a proof", newProver(t, p, "ES256").token(c, r.CodeForm(code)))
	for what, more := range map[string]object{"a text": {bound: "true"}, "a number": {pushed: 1}} {
		refused(t, what, call(t, p, "POST", "/oauth/register", initialToken, application(more)), http.StatusBadRequest, "invalid_client_metadata")
	}
	plain := call(t, p, "PUT", made.Text("registration_client_uri"), made.Text("registration_access_token"), application(object{"client_id": c.ID}))
	if plain.Status != http.StatusOK || plain.JSON[bound] != nil || plain.JSON[pushed] != nil {
		t.Errorf("changed: %s", plain)
	}
	granted(t, "after the change", p.Redeem(r, p.Browser().SignIn(r, ada).Code()))
}

// A document says so in the same words.
func TestDescribedClientThatBindsItself(t *testing.T) {
	d := apptest.NewDescribed(t, agentCallback, map[string]any{"dpop_bound_access_tokens": true})
	p := one(t, d.Allowed())
	r := apptest.NewRequest(d.Client)
	refused(t, "no proof", p.Redeem(r, p.Browser().SignIn(r, ada).Code()), http.StatusBadRequest, "invalid_dpop_proof")
}
