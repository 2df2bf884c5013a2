package oidc

import (
	"errors"
	"net/http"
	"strings"

	"idp/internal/idp"
	"idp/internal/proof"
	"idp/internal/secret"
)

const (
	invalidProof = "invalid_dpop_proof" // RFC 9449 §5, §7.1
	dpopScheme   = "DPoP"
)

// possession reads the DPoP proof of a request to path. Without one it returns
// the zero value. The proof is not spent yet: see spendProof.
func (p *Provider) possession(r *http.Request, path, token string) (proof.Possession, *protocolError) {
	sent := r.Header.Values(dpopScheme)
	switch len(sent) {
	case 0:
		return proof.Possession{}, nil
	case 1:
	default:
		return proof.Possession{}, fault(invalidProof, "there is more than one DPoP proof")
	}
	held, err := proof.DPoP(sent[0], proof.Call{Method: r.Method, URL: p.Issuer + path, Token: token}, p.Now())
	if err != nil {
		return proof.Possession{}, unproven(invalidProof, "the DPoP proof", err).why(clockOr(err, idp.FailProof), err.Error())
	}
	return held, nil
}

// spendProof lets a proof work once (RFC 9449 §11.1). It is called after all else
// was checked: whoever has no token or client of ours fills no table.
func (p *Provider) spendProof(r *http.Request, held proof.Possession) *protocolError {
	if held.Once.Hash == "" {
		return nil
	}
	return p.spend(r, fault(invalidProof, proofUsed), held.Once)
}

const proofUsed = "the DPoP proof was used before"

// spendWith spends a client assertion and, in the same commit, the proof that came
// with it: who has proven to be a client of ours may fill the table. If the request
// failed already, the assertion is spent alone. Without an assertion nothing is.
func (p *Provider) spendWith(r *http.Request, assertion idp.Once, held *proof.Possession, fail *protocolError) *protocolError {
	used := fault(invalidClient, assertionUsed)
	switch {
	case assertion.Hash == "":
		return fail
	case fail != nil || held.Once.Hash == "":
		if spent := p.spend(r, used, assertion); spent != nil {
			return spent
		}
		return fail
	}
	err := p.Grants.Spend(r.Context(), assertion, held.Once)
	var spent *idp.SpentError
	if errors.As(err, &spent) && spent.Which == held.Once.Hash {
		return fault(invalidProof, proofUsed).because(err)
	}
	held.Once = idp.Once{}
	return spendFault(err, used)
}

// tokenPossession reads the proof of a token request and refuses clients that
// must have one.
func (p *Provider) tokenPossession(r *http.Request, client *idp.Client) (proof.Possession, *protocolError) {
	held, fail := p.possession(r, PathToken, "")
	if fail == nil && held.KeyHash == "" && client.RequireDPoP {
		fail = fault(invalidProof, "this client must send a DPoP proof (RFC 9449)")
	}
	return held, fail
}

// mayRefresh reports whether a refresh with this proof keeps the grant's binding.
// A public client's refresh token is bound to its key; a confidential client has
// proven itself and may take a new one, but not none (RFC 9449 §5).
func mayRefresh(g *idp.Grant, client *idp.Client, held proof.Possession) *protocolError {
	switch {
	case g.KeyHash == "" || g.KeyHash == held.KeyHash:
		return nil
	case held.KeyHash == "":
		return fault(invalidProof, "the grant is bound to a key: a DPoP proof is missing")
	case client.Public():
		return fault(invalidProof, "the refresh token is bound to another key")
	}
	return nil
}

// boundRefresh checks a refresh against the grant's binding and spends the proof,
// once the refresh token has shown that it is one.
func (p *Provider) boundRefresh(r *http.Request, g *idp.Grant, client *idp.Client, held proof.Possession, token secret.Token) *protocolError {
	switch {
	case g.KeyHash == "" && held.KeyHash == "":
		return nil // no key anywhere
	case g.Refresh(p.Keyring, token, false, p.Now()) == idp.RefreshInvalid:
		return nil // refused in a moment, for that
	}
	if fail := mayRefresh(g, client, held); fail != nil || held.Once.Hash == "" {
		return fail
	}
	return p.spendProof(r, held)
}

// confirmation is the member cnf of a bound token (RFC 9449 §6.1).
func confirmation(keyHash string) map[string]string { return map[string]string{"jkt": keyHash} }

// dpopChallenge is the WWW-Authenticate of a resource that takes bound tokens
// (RFC 9449 §7.1).
func dpopChallenge(e *protocolError) string {
	challenge := dpopScheme + ` realm="idp"`
	if e != nil {
		challenge += `, error="` + e.Code + `", error_description="` + e.Description + `"`
	}
	return challenge + `, algs="` + strings.Join(names(idp.SigningAlgorithms), " ") + `"`
}

// pushedKey binds the code of a pushed request to the key of its proof, which must
// be the one of dpop_jkt if that is there too (RFC 9449 §10.1).
func (p *Provider) pushedKey(r *http.Request, client *idp.Client, flow *idp.Flow) (proof.Possession, *protocolError) {
	held, fail := p.possession(r, PathPush, "")
	switch {
	case fail != nil || held.KeyHash == "":
		return held, fail
	case flow.KeyHash != "" && flow.KeyHash != held.KeyHash:
		return held, fault(invalidProof, "dpop_jkt is not the key of the DPoP proof")
	}
	flow.KeyHash = held.KeyHash
	if client.Public() { // anybody can be one: nothing is stored for them
		held.Once = idp.Once{}
	}
	return held, nil
}
