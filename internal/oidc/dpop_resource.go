package oidc

import (
	"net/http"
	"strings"

	"idp/internal/proof"
	"idp/internal/reqlog"
)

// proveHolder wants a bound token from whoever holds its key, under the scheme DPoP,
// and any other token as a bearer's (RFC 9449 §7).
func (p *Provider) proveHolder(r *http.Request, claims *accessClaims, scheme, token string) (proof.Possession, *protocolError) {
	bound := strings.EqualFold(scheme, dpopScheme)
	switch {
	case claims.KeyHash == "" && !bound:
		return proof.Possession{}, nil
	case claims.KeyHash == "":
		return proof.Possession{}, fault(invalidToken, "the access token is a bearer token")
	case !bound:
		return proof.Possession{}, fault(invalidToken, "the access token is bound to a key: send it with the scheme DPoP and a proof")
	}
	held, fail := p.possession(r, PathUserinfo, token)
	switch {
	case fail != nil:
		return held, fail
	case held.KeyHash == "":
		return held, fault(invalidProof, "the DPoP proof is missing")
	case held.KeyHash != claims.KeyHash:
		return held, fault(invalidToken, "the access token is bound to another key")
	}
	return held, nil
}

// refuseBound answers as RFC 9449 §7.1 wants.
func (p *Provider) refuseBound(w http.ResponseWriter, r *http.Request, e *protocolError) error {
	p.corsOfAny(w, r)
	if e.Code == serverError || e.Code == unavailable {
		return writeError(w, r, e)
	}
	event := reqlog.From(r.Context())
	event.Outcome, event.Err = "refused."+e.Code, e
	note(event, e)
	w.Header().Set("WWW-Authenticate", dpopChallenge(e))
	return writeJSON(w, http.StatusUnauthorized, map[string]string{"error": e.Code, "error_description": e.Description})
}
