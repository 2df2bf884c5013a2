package oidc

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"

	"idp/internal/idp"
)

const maxClaims = 2048

// askedClaim is what the claims parameter says of one claim (OpenID Connect Core
// §5.5.1).
type askedClaim struct {
	Essential bool  `json:"essential"`
	Value     any   `json:"value"`
	Values    []any `json:"values"`
}

// wants reports whether v is among the values asked for, if there are any.
func (a *askedClaim) wants(v string) bool {
	if a == nil || a.Value == nil && len(a.Values) == 0 {
		return true
	}
	return a.Value == any(v) || slices.Contains(a.Values, any(v))
}

// parseClaims reads the claims parameter. Claims that we do not have, or whose
// scope the client may not have, are left out of the answer (§5.5.1); a person or
// a level of assurance that we cannot give is a refusal.
func parseClaims(form url.Values, client *idp.Client, flow *idp.Flow) *protocolError {
	text := form.Get("claims")
	if text == "" {
		return nil
	}
	var asked struct {
		Userinfo map[string]*askedClaim `json:"userinfo"`
		IDToken  map[string]*askedClaim `json:"id_token"`
	}
	if len(text) > maxClaims {
		return invalid("claims is longer than %d bytes", maxClaims)
	}
	if err := json.Unmarshal([]byte(text), &asked); err != nil {
		return invalid("claims is not the JSON that OpenID Connect Core §5.5 describes").because(err)
	}
	for _, at := range []struct {
		destination idp.Destination
		claims      map[string]*askedClaim
	}{{idp.InIDToken, asked.IDToken}, {idp.AtUserinfo, asked.Userinfo}} {
		for _, name := range slices.Sorted(maps.Keys(at.claims)) { // in order, so that one request has one answer
			if scope := idp.ClaimScope(name); scope != "" && slices.Contains(client.Scopes, scope) {
				flow.Claims = append(flow.Claims, idp.AskedClaim(at.destination, name))
			}
			if fail := askedOfProvider(name, at.claims[name], flow); fail != nil {
				return fail
			}
		}
	}
	return nil
}

// askedOfProvider reads the claims that decide who signs in and how.
func askedOfProvider(name string, a *askedClaim, flow *idp.Flow) *protocolError {
	switch {
	case a == nil:
	case name == "sub" && a.Value != nil:
		subject, ok := a.Value.(string)
		if !ok || subject == "" {
			return invalid("claims: the value of sub must be a text")
		}
		if flow.HintSubject != "" && flow.HintSubject != subject {
			return invalid("claims: id_token and userinfo ask for different people")
		}
		flow.HintSubject = subject // as id_token_hint does
	case name == "acr" && a.Essential && !a.wants(idp.ACREmail):
		return fault("unmet_authentication_requirements", "the only acr here is %s", idp.ACREmail)
	}
	return nil
}
