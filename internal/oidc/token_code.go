package oidc

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"time"

	zoidc "github.com/zitadel/oidc/v3/pkg/oidc"

	"idp/internal/idp"
	"idp/internal/proof"
	"idp/internal/reqlog"
	"idp/internal/secret"
)

type grantHandler = func(*http.Request, *idp.Client, proof.Possession) (*zoidc.AccessTokenResponse, *protocolError)

// redeemCode exchanges an authorization code (RFC 6749 §4.1.3). Everything the
// code says is checked in memory; then one round trip inserts the grant.
func (p *Provider) redeemCode(r *http.Request, client *idp.Client, held proof.Possession) (*zoidc.AccessTokenResponse, *protocolError) {
	event := reqlog.From(r.Context())
	if r.PostForm.Get("code") == "" {
		return nil, invalid("code is missing").why(idp.FailCode, "the parameter code is missing")
	}
	now := p.Now()
	code, err := idp.OpenCode(p.Keyring, r.PostForm.Get("code"), now)
	late := errors.Is(err, idp.ErrExpired)
	if err != nil && !late {
		return nil, codeFault(err)
	}
	event.UserID = code.UserID
	if fail := checkRedeemer(code, client, r.PostForm, held); fail != nil {
		return nil, fail
	}
	if late {
		// Too late for tokens, and never too late to notice a replay.
		if errRevoke := p.Grants.RevokeGrant(r.Context(), code.GrantID, "code used twice", now); errRevoke != nil {
			return nil, grantError(errRevoke, "")
		}
		return nil, codeFault(err)
	}
	scopes := allowedNow(client, code.Scopes)
	if len(scopes) == 0 {
		return nil, noneLeft(client, code.Scopes)
	}
	code.Scopes = scopes
	g := newGrant(client, code, now)
	g.KeyHash = held.KeyHash
	resources, fail := p.narrowerTargets(r.PostForm["resource"], &g, client, scopes)
	if fail != nil {
		return nil, fail
	}
	if fail := p.spendProof(r, held); fail != nil {
		return nil, fail
	}
	g, user, err := p.Grants.RedeemCode(r.Context(), g, now)
	if err != nil {
		return nil, codeFault(err)
	}
	if fail := p.admitted(r.Context(), client, &g, &user); fail != nil {
		return nil, fail
	}
	event.Outcome = "token.code_redeemed"
	return p.issue(client, issuance{grant: g, user: user, scopes: g.Scopes, resources: resources, nonce: code.Nonce, refresh: g.Generation, keyHash: held.KeyHash})
}

// checkRedeemer checks that a code comes from the client that it was made for: by
// whoever began the request, with the key that it named. Nobody else redeems it, and
// nobody else ends by it what it gave.
func checkRedeemer(code *idp.Code, client *idp.Client, form url.Values, held proof.Possession) *protocolError {
	if code.ClientID != client.ID {
		return fault(invalidGrant, "the code is not valid").because(errors.New("code of another client")).why(idp.FailCodeOther, "")
	}
	if code.RedirectURI != form.Get("redirect_uri") {
		return fault(invalidGrant, "redirect_uri differs from the one of the authorization request").
			why(idp.FailRedirectMoved, form.Get("redirect_uri"), code.RedirectURI)
	}
	if fail := checkVerifier(code.CodeChallenge, form.Get("code_verifier")); fail != nil {
		return fail
	}
	if code.KeyHash != "" && code.KeyHash != held.KeyHash {
		return fault(invalidProof, "the code is bound to another key than that of the DPoP proof")
	}
	return nil
}

// newGrant is the grant that a code gives, but for what the session knows.
func newGrant(client *idp.Client, code *idp.Code, now time.Time) idp.Grant {
	g := idp.Grant{
		ID: code.GrantID, ClientID: client.ID, UserID: code.UserID, SessionID: code.SessionID, Scopes: code.Scopes, Resources: code.Resources, Claims: code.Claims,
		CreatedAt: now, LastUsedAt: now, ExpiresAt: now.Add(client.AccessTokenTTL), AbsoluteAt: now.Add(client.AccessTokenTTL),
	}
	if g.Offline() {
		g.RefreshSalt, g.Generation, g.RotatedAt = secret.NewSubject(""), 1, now
		g.ExpiresAt, g.AbsoluteAt = now.Add(client.RefreshIdleTTL), now.Add(client.RefreshAbsoluteTTL)
	}
	return g
}

// checkVerifier compares in constant time. A verifier without a challenge is
// refused too: it shows that the challenge was stripped (RFC 9700 §4.8.2).
func checkVerifier(challenge, verifier string) *protocolError {
	switch {
	case challenge == "" && verifier == "":
		return nil
	case challenge == "":
		return fault(invalidGrant, "code_verifier was sent, but the authorization request had no code_challenge").why(idp.FailVerifier, "a code_verifier came, but the authorization request had no code_challenge")
	case verifier == "":
		return fault(invalidGrant, "code_verifier is missing").why(idp.FailVerifier, "it is missing, although the authorization request had a code_challenge")
	case !isVerifier(verifier):
		return fault(invalidGrant, "code_verifier must be 43 to 128 unreserved characters").why(idp.FailVerifier, "its shape is wrong; it has "+length(verifier))
	case subtle.ConstantTimeCompare([]byte(zoidc.NewSHACodeChallenge(verifier)), []byte(challenge)) != 1:
		return fault(invalidGrant, "code_verifier does not match the code_challenge").why(idp.FailVerifier, "it does not match the code_challenge")
	}
	return nil
}
