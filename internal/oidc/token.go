package oidc

import (
	"net/http"

	zoidc "github.com/zitadel/oidc/v3/pkg/oidc"

	"idp/internal/idp"
	"idp/internal/proof"
)

// Token is the token endpoint (RFC 6749 §3.2): it proves the client and hands
// over to the grant's own file.
func (p *Provider) Token(w http.ResponseWriter, r *http.Request) error {
	p.cors(w, r)
	client, assertion, fail := p.identify(r)
	if fail != nil {
		p.corsOfAny(w, r) // whoever was forgotten here must hear of it
		return writeError(w, r, fail)
	}
	p.corsOf(w, r, client)
	grantType := r.PostForm.Get("grant_type")
	grant, fail := p.grantHandler(client, grantType)
	var held proof.Possession
	if fail == nil {
		held, fail = p.tokenPossession(r, client)
	}
	if fail == nil {
		if fail := p.checkNonce(w, client, held); fail != nil {
			return writeError(w, r, fail) // the same request comes again at once, with the same assertion
		}
	}
	if fail = p.spendWith(r, assertion, &held, fail); fail != nil {
		return writeError(w, r, fail)
	}
	answer, fail := grant(r, client, held)
	if fail != nil {
		return writeError(w, r, fail)
	}
	if grantType == idp.GrantExchange {
		return writeJSON(w, http.StatusOK, exchanged{answer, accessTokenType})
	}
	return writeJSON(w, http.StatusOK, answer)
}

// grantHandler is how the client is given tokens by the grant type.
func (p *Provider) grantHandler(client *idp.Client, grantType string) (grantHandler, *protocolError) {
	grant, ok := p.grantHandlers()[grantType]
	switch {
	case grantType == "":
		return nil, invalid("grant_type is missing").why(idp.FailGrantType, "", client.GrantTypes...)
	case !ok:
		return nil, fault(unsupported, "grant_type is none that is supported here").why(idp.FailGrantType, grantType, client.GrantTypes...)
	case !client.MayGrant(grantType):
		return nil, fault(unauthorized, "this client is not registered for grant_type %s", grantType).why(idp.FailGrantType, grantType, client.GrantTypes...)
	}
	return grant, nil
}

// grantHandlers are the grant types of the token endpoint.
func (p *Provider) grantHandlers() map[string]grantHandler {
	return map[string]grantHandler{
		idp.GrantCode:     p.redeemCode,
		idp.GrantRefresh:  p.refresh,
		idp.GrantClient:   p.clientCredentials,
		idp.GrantDevice:   p.redeemDevice,
		idp.GrantExchange: p.exchange,
	}
}

// grantTypes lists code and refresh, which any client may be given, and of the
// others those that some client has.
func (p *Provider) grantTypes() []zoidc.GrantType {
	types := []zoidc.GrantType{idp.GrantCode, idp.GrantRefresh}
	for _, t := range []string{idp.GrantClient, idp.GrantDevice, idp.GrantExchange} {
		if p.Clients.Any(func(c *idp.Client) bool { return c.MayGrant(t) }) {
			types = append(types, zoidc.GrantType(t))
		}
	}
	return types
}
