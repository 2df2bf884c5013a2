package oidc

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"idp/internal/idp"
)

// responseTTL is how long a signed response is good: a code inside of it ends
// sooner (JARM §2.1 advises no more than ten minutes).
const responseTTL = 10 * time.Minute

// parseMode reads how the response goes to the client. Until it is known, and if
// the client may not have what it asks for, that is the query.
func parseMode(mode string, client *idp.Client, flow *idp.Flow) *protocolError {
	modes := client.Modes()
	switch {
	case mode == "" && slices.Contains(modes, idp.ModeQuery):
		return nil
	case mode == "":
		return invalid("response_mode is missing; it must be one of: %s", strings.Join(modes, ", ")).why(idp.FailResponseMode, "", modes...)
	case !slices.Contains(modes, mode):
		return invalid("response_mode must be one of: %s", strings.Join(modes, ", ")).why(idp.FailResponseMode, mode, modes...)
	case mode != idp.ModeQuery:
		flow.ResponseMode = mode
	}
	return nil
}

// signedResponse completes a response: with the issuer, or, in a mode of JARM, as one
// text that is signed as the client's ID tokens are (§2.1). That says who made it and
// for whom. It has no sub, so it is never taken for an ID token.
func (p *Provider) signedResponse(flow *idp.Flow, client *idp.Client, fields []field) ([]field, error) {
	if !slices.Contains(idp.SignedModes, flow.ResponseMode) {
		return append(fields, field{"iss", p.Issuer}), nil
	}
	claims := map[string]any{"iss": p.Issuer, "aud": client.ID, "exp": p.Now().Add(responseTTL).Unix()}
	for _, f := range fields {
		claims[f.Name] = f.Value
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return nil, err
	}
	jwt, err := p.Keys.sign(client.IDTokenAlg, jwtType, payload)
	return []field{{"response", jwt}}, err
}

// responseModes lists the plain ones, which any client may be given, and of the
// signed ones those that some client has.
func (p *Provider) responseModes() []string {
	modes := slices.Clone(idp.PlainModes)
	for _, m := range idp.SignedModes {
		if p.Clients.Any(func(c *idp.Client) bool { return slices.Contains(c.ResponseModes, m) }) {
			modes = append(modes, m)
		}
	}
	return modes
}
