package oidc_test

import (
	"net/http"
	"net/url"
	"testing"

	"idp/internal/apptest"
)

// An assertion and a proof that come together are spent together, and each of them
// works once, whatever came of the request.
func TestAssertionAndProofWorkOnce(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		d := newProver(t, p, "ES256")
		send := func(path string, form url.Values, assertion, proof string) apptest.Reply {
			req := p.NewRequest(path, asserted(form, assertion))
			req.Header.Set("DPoP", proof)
			return p.Do(req)
		}
		assertion := func() string { return appKeys()["EdDSA"].jws(t, nil, assertionClaims(p, signed)) }
		garbage := url.Values{"grant_type": {"authorization_code"}, "code": {"x"}}
		for path, first := range map[string]struct {
			form  url.Values
			fault string
		}{
			"/oauth/token": {garbage, "invalid_grant"},
			"/oauth/par":   {apptest.NewRequest(signed).Params, ""},
		} {
			a, proof := assertion(), d.proof("POST", path, "")
			if reply := send(path, first.form, a, proof); reply.Fault() != first.fault {
				t.Errorf("%s, the first time: %s", path, reply)
			}
			refused(t, path+", the assertion again", send(path, first.form, a, d.proof("POST", path, "")), http.StatusUnauthorized, "invalid_client")
			refused(t, path+", the proof again", send(path, first.form, assertion(), proof), http.StatusBadRequest, "invalid_dpop_proof")
			refused(t, path+", both again", send(path, first.form, a, proof), http.StatusUnauthorized, "invalid_client")
			a = assertion()
			if reply := send(path, url.Values{"grant_type": {"x"}}, a, "x"); reply.Status != http.StatusBadRequest {
				t.Errorf("%s, a bad request: %s", path, reply)
			}
			refused(t, path+", the assertion of a bad request", send(path, first.form, a, d.proof("POST", path, "")), http.StatusUnauthorized, "invalid_client")
		}
	}, signedClients())
}
