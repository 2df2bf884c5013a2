package oidc_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/idp"
)

// These applications sign requests: anyhow with a secret of its own, insists on it,
// and profiled is a client of FAPI 2.0.
var (
	anyhow   = apptest.Confidential("anyhow")
	insists  = apptest.Client{ID: "insists", Redirect: "https://insists.example.com/callback"}
	profiled = apptest.Client{ID: "profiled", Redirect: "https://profiled.example.com/callback"}
)

// rsaKey is an RSA key that says of itself what alg says.
func rsaKey(alg string) keyPair {
	k := appKeys()["PS256"]
	k.alg, k.kid = alg, "app-rsa"
	return k
}

func requestSigners(t *testing.T) apptest.Option {
	t.Helper()
	return apptest.Clients(fmt.Sprintf(`  - id: anyhow
    name: Anyhow
    secrets: [env:ANYHOW_SECRET]
    jwks: %[1]s
    redirect_uris: ["https://anyhow.example.com/callback"]
  - id: insists
    name: Insists
    auth_method: private_key_jwt
    jwks: %[2]s
    require_signed_request: true
    request_object_signing_alg: ES256
    redirect_uris: ["https://insists.example.com/callback"]
  - id: profiled
    name: Profiled
    auth_method: private_key_jwt
    require_par: true
    dpop: required
    jwks: %[2]s
    redirect_uris: ["https://profiled.example.com/callback"]
`, jwksOf(t, rsaKey("")), jwksOf(t, rsaKey(""), appKeys()["ES256"])))
}

// RS256 signs requests, and nothing else, of clients outside of FAPI 2.0.
func TestRequestsSignedWithRS256(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for _, alg := range []string{"RS256", "PS256"} {
			r := apptest.NewRequest(anyhow)
			object := rsaKey(alg).jws(t, requestHeader, objectClaims(p, r))
			a := p.Browser().SignIn(outside(r, object), ada)
			granted(t, alg, p.Redeem(r, a.Code()))
			granted(t, alg+", pushed", p.Redeem(r, p.Browser().SignIn(mustPush(t, p, outside(r, object)), ada).Code()))
		}
		refused(t, "an RS256 assertion", p.Post("/oauth/introspect", insists, asserted(nil, rsaKey("RS256").jws(t, nil, assertionClaims(p, insists)))),
			http.StatusUnauthorized, "invalid_client")
		r := apptest.NewRequest(profiled)
		for alg, fault := range map[string]string{"RS256": "invalid_request_object", "PS256": ""} {
			form := outside(r, rsaKey(alg).jws(t, requestHeader, objectClaims(p, r))).Params
			if reply := rsaKey("PS256").post(t, p, "/oauth/par", profiled, form); reply.Fault() != fault || fault == "" && reply.Status != http.StatusCreated {
				t.Errorf("FAPI, %s: %s", alg, reply)
			}
		}
	}, requestSigners(t))
}

// A client that must sign its requests does so with its one algorithm, at both
// endpoints (RFC 9101 §10.5).
func TestRequestsThatMustBeSigned(t *testing.T) {
	p := one(t, requestSigners(t))
	r := apptest.NewRequest(insists)
	es := appKeys()["ES256"]
	if a := p.Browser().Authorize(r).MustAnswer(); a.Fault() != "invalid_request" || a.State() != r.Params.Get("state") {
		t.Errorf("unsigned: %s", a)
	}
	refused(t, "unsigned, pushed", es.post(t, p, "/oauth/par", insists, r.Params), http.StatusBadRequest, "invalid_request")
	for alg, fault := range map[string]string{"PS256": "invalid_request_object", "RS256": "invalid_request_object"} {
		if a := p.Browser().Authorize(r.With("request", rsaKey(alg).jws(t, requestHeader, objectClaims(p, r)))).MustAnswer(); a.Fault() != fault {
			t.Errorf("%s: %s", alg, a)
		}
	}
	if page := p.Browser().Authorize(outside(r, es.jws(t, requestHeader, objectClaims(p, r)))); !page.HasForm("/login") {
		t.Errorf("signed: %s", page)
	}
	if reply := es.post(t, p, "/oauth/par", insists, outside(r, es.jws(t, requestHeader, objectClaims(p, r))).Params); reply.Status != http.StatusCreated {
		t.Errorf("signed, pushed: %s", reply)
	}
	doc := p.Get(pathOpenID, "").JSON
	algs, _ := doc["request_object_signing_alg_values_supported"].([]any)
	if !slices.Contains(algs, any("RS256")) || len(algs) != 5 || doc["require_signed_request_object"] != false {
		t.Errorf("discovery: %v, %v", algs, doc["require_signed_request_object"])
	}
}

// A registration says so in the words of RFC 9101 §10.5.
func TestRegisteredClientThatSignsRequests(t *testing.T) {
	p := one(t, registering(10))
	set := json.RawMessage(jwksOf(t, rsaKey("RS256")))
	with := func(more object) apptest.Reply {
		return call(t, p, "POST", "/oauth/register", initialToken, application(more))
	}
	made := with(object{"jwks": set, "require_signed_request_object": true, "request_object_signing_alg": "RS256"})
	if made.Status != http.StatusCreated || made.JSON["require_signed_request_object"] != true || made.Text("request_object_signing_alg") != "RS256" || made.Text("client_secret") == "" {
		t.Fatalf("%s", made)
	}
	c := apptest.Client{ID: made.Text("client_id"), Secret: made.Text("client_secret"), Redirect: "https://reg.example.com/callback"}
	r := apptest.NewRequest(c)
	if a := p.Browser().Authorize(r).MustAnswer(); a.Fault() != "invalid_request" {
		t.Errorf("unsigned: %s", a)
	}
	granted(t, "signed", p.Redeem(r, p.Browser().SignIn(outside(r, rsaKey("RS256").jws(t, requestHeader, objectClaims(p, r))), ada).Code()))
	for what, more := range map[string]object{
		"no keys": {"require_signed_request_object": true}, "a text": {"jwks": set, "require_signed_request_object": "true"}, "null": {"jwks": set, "require_signed_request_object": nil},
		"unsigned": {"jwks": set, "request_object_signing_alg": "none"}, "no such key": {"jwks": set, "request_object_signing_alg": "ES256"},
		"public": {"token_endpoint_auth_method": "none", "jwks": set, "require_signed_request_object": true}, "assertions": {"token_endpoint_auth_method": "private_key_jwt", "jwks": set},
	} {
		refused(t, what, with(more), http.StatusBadRequest, "invalid_client_metadata")
	}
}

// What an administrator may not write.
func TestRequestAlgorithmOfFAPI(t *testing.T) {
	t.Parallel()
	c := config.Client{
		ID: "x", Name: "X", AuthMethod: "private_key_jwt", RedirectURIs: []string{"https://x.example.com/"}, JWKSURI: "https://x.example.com/jwks",
		RequirePAR: true, DPoP: "required", RequestAlg: string(idp.RS256),
	}
	if _, faults := c.Check(); len(faults) != 1 || faults[0].Key != "request_object_signing_alg" {
		t.Errorf("FAPI with RS256: %v", faults)
	}
	c.RequirePAR = false
	if _, faults := c.Check(); len(faults) != 0 {
		t.Errorf("without PAR: %v", faults)
	}
}
