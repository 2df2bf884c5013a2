package oidc

import "net/http"

// Token is the token endpoint (RFC 6749 §3.2): it proves the client and hands
// over to the grant's own file.
func (p *Provider) Token(w http.ResponseWriter, r *http.Request) error {
	p.cors(w, r)
	client, fail := p.authenticate(r)
	if fail != nil {
		return writeError(w, r, fail)
	}
	grantType := r.PostForm.Get("grant_type")
	grant, ok := map[string]grantHandler{
		"authorization_code": p.redeemCode,
		"refresh_token":      p.refresh,
	}[grantType]
	switch {
	case grantType == "":
		return writeError(w, r, invalid("grant_type is missing"))
	case !ok:
		return writeError(w, r, fault(unsupported, "grant_type must be authorization_code or refresh_token"))
	case !client.MayGrant(grantType):
		return writeError(w, r, fault(unauthorized, "this client is not registered for grant_type %s", grantType))
	}
	held, fail := p.tokenPossession(r, client)
	if fail != nil {
		return writeError(w, r, fail)
	}
	answer, fail := grant(r, client, held)
	if fail != nil {
		return writeError(w, r, fail)
	}
	return writeJSON(w, http.StatusOK, answer)
}
