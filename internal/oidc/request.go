package oidc

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	zoidc "github.com/zitadel/oidc/v3/pkg/oidc"

	"idp/internal/idp"
	"idp/internal/secret"
)

// Bounds of what an authorization request may bring.
const (
	maxState  = 2048
	maxNonce  = 512
	maxScope  = 1024
	maxScopes = 20
	maxHint   = 320
)

// parseRequest validates an authorization request of a client whose redirect URI
// is proven. The flow is never nil: it says where a refusal goes.
func (p *Provider) parseRequest(ctx context.Context, form url.Values, client *idp.Client, now time.Time) (*idp.Flow, *protocolError) {
	flow := &idp.Flow{
		ID: secret.NewSubject(""), ClientID: client.ID, RedirectURI: form.Get("redirect_uri"), Start: now.UnixMilli(),
		LoginHint: form.Get("login_hint"), UILocales: form.Get("ui_locales"), ACRValues: strings.Fields(form.Get("acr_values")),
		Nonce: form.Get("nonce"), CodeChallenge: form.Get("code_challenge"),
		KeyHash: form.Get("dpop_jkt"),
	}
	// State and mode come first: they shape the answer to every other fault.
	if state := form.Get("state"); len(state) <= maxState {
		flow.State = state
	} else {
		return flow, invalid("state is longer than %d bytes", maxState)
	}
	if fail := parseMode(form.Get("response_mode"), client, flow); fail != nil {
		return flow, fail
	}
	for _, check := range []func(url.Values, *idp.Client, *idp.Flow) *protocolError{
		checkUnsupported, checkSizes, checkPKCE, parseScopes, p.parseResources, parsePrompt, parseMaxAge, parseClaims,
	} {
		if err := check(form, client, flow); err != nil {
			return flow, err
		}
	}
	return flow, p.parseHint(ctx, form, client, flow)
}

func checkUnsupported(form url.Values, client *idp.Client, _ *idp.Flow) *protocolError {
	if !client.MayGrant(idp.GrantCode) {
		return fault(unauthorized, "this client is not registered for authorization_code").why(idp.FailGrantType, idp.GrantCode, client.GrantTypes...)
	}
	for _, name := range []string{"request", "request_uri", "registration"} {
		if form.Get(name) != "" {
			return fault(name+"_not_supported", "the parameter %s is not supported", name).why(idp.FailUnsupported, name)
		}
	}
	switch form.Get("response_type") {
	case "code":
		return nil
	case "":
		return invalid("response_type is missing; it must be code").why(idp.FailResponseType, "", "code")
	default:
		return fault("unsupported_response_type", "response_type must be code").why(idp.FailResponseType, form.Get("response_type"), "code")
	}
}

func checkSizes(form url.Values, _ *idp.Client, flow *idp.Flow) *protocolError {
	switch {
	case len(flow.Nonce) > maxNonce:
		return invalid("nonce is longer than %d bytes", maxNonce)
	case flow.KeyHash != "" && !isHash(flow.KeyHash):
		return invalid("dpop_jkt is not a SHA-256 in base64url: 43 characters")
	case len(form.Get("scope")) > maxScope:
		return invalid("scope is longer than %d bytes", maxScope)
	case len(flow.LoginHint) > maxHint, len(flow.UILocales) > maxHint, len(form.Get("acr_values")) > maxHint:
		return invalid("login_hint, ui_locales and acr_values must not be longer than %d bytes", maxHint)
	}
	return nil
}

// checkPKCE requires S256 (RFC 9700 §2.1.1), but for confidential clients whose
// administrator excused them because they cannot do PKCE.
func checkPKCE(form url.Values, client *idp.Client, flow *idp.Flow) *protocolError {
	method := form.Get("code_challenge_method")
	switch {
	case flow.CodeChallenge == "" && method != "":
		return invalid("code_challenge_method without code_challenge").why(idp.FailPKCEMissing, "")
	case flow.CodeChallenge == "" && client.PKCEOptional && !client.Public():
		return nil
	case flow.CodeChallenge == "":
		return invalid("PKCE is required: code_challenge is missing").why(idp.FailPKCEMissing, "")
	case method != "S256":
		return invalid("code_challenge_method must be S256").why(idp.FailPKCEMethod, method, "S256")
	case !isHash(flow.CodeChallenge):
		return invalid("code_challenge is not a SHA-256 in base64url: 43 characters").why(idp.FailPKCEChallenge, length(flow.CodeChallenge))
	}
	return nil
}

func parseScopes(form url.Values, client *idp.Client, flow *idp.Flow) *protocolError {
	asked := strings.Fields(form.Get("scope"))
	if len(asked) == 0 && client.Stranger {
		asked = []string{"openid"} // agents ask for nothing in particular; RFC 6749 §3.3 wants a default then
	}
	if len(asked) > maxScopes {
		return fault(invalidScope, "more than %d scopes", maxScopes)
	}
	flow.Scopes = allowedNow(client, asked)
	if len(flow.Scopes) == 0 {
		return fault(invalidScope, "scope must name at least one scope that this client may have; for OpenID Connect: openid").
			why(idp.FailScope, strings.Join(asked, " "), client.Scopes...)
	}
	return nil
}

// allowedNow keeps those of scopes that the client may have at this moment. It is
// asked again wherever tokens are given: an administrator may have taken some since.
func allowedNow(client *idp.Client, scopes []string) []string {
	out := client.AllowedScopes(scopes)
	if !client.MayGrant(idp.GrantRefresh) {
		out = slices.DeleteFunc(out, func(s string) bool { return s == "offline_access" })
	}
	return out
}

// noneLeft is the fault of a grant whose client lost all of its scopes.
func noneLeft(client *idp.Client, scopes []string) *protocolError {
	return fault(invalidScope, "this client may not have what was granted any more").why(idp.FailScope, strings.Join(scopes, " "), client.Scopes...)
}

func parsePrompt(form url.Values, _ *idp.Client, flow *idp.Flow) *protocolError {
	flow.Prompts = strings.Fields(form.Get("prompt"))
	for _, v := range flow.Prompts {
		if !slices.Contains(promptsSupported, v) {
			return invalid("prompt must be one of: %s", strings.Join(promptsSupported, ", "))
		}
	}
	if flow.Prompted("none") && len(flow.Prompts) > 1 {
		return invalid("prompt=none stands alone")
	}
	return nil
}

func parseMaxAge(form url.Values, _ *idp.Client, flow *idp.Flow) *protocolError {
	text := form.Get("max_age")
	if text == "" {
		return nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 0 {
		return invalid("max_age must be a number of seconds, 0 or more")
	}
	flow.MaxAge = &n
	return nil
}

// parseHint reads id_token_hint: a token of ours, for this client; expired is
// fine (OpenID Connect Core §3.1.2.1).
func (p *Provider) parseHint(ctx context.Context, form url.Values, client *idp.Client, flow *idp.Flow) *protocolError {
	text := form.Get("id_token_hint")
	if text == "" {
		return nil
	}
	hint, err := p.verifyHint(ctx, text)
	if err != nil {
		return invalid("id_token_hint is not an ID token of this provider").because(err).why(idp.FailHint, "it is not an ID token of this provider")
	}
	if !slices.Contains(hint.Audience, client.ID) {
		return invalid("id_token_hint was issued to another client").why(idp.FailHint, "it was issued to another client")
	}
	if flow.HintSubject != "" && flow.HintSubject != hint.Subject {
		return invalid("id_token_hint and claims name different people")
	}
	flow.HintSubject = hint.Subject
	return nil
}

// verifyHint checks issuer and signature of an ID token of ours, and not its
// expiry, nor whether its key is still published: applications keep their ID token for
// as long as their session.
func (p *Provider) verifyHint(ctx context.Context, text string) (*zoidc.IDTokenClaims, error) {
	claims := &zoidc.IDTokenClaims{}
	payload, err := zoidc.ParseToken(text, claims)
	if err != nil {
		return nil, err
	}
	if err := zoidc.CheckIssuerWithISSVerifier(claims, p.Issuer, nil); err != nil {
		return nil, err
	}
	if claims.Subject == "" || claims.JWTID != "" {
		// Access tokens carry a jti, ID tokens do not: one is never taken for the other.
		return nil, zoidc.ErrSubjectMissing
	}
	return claims, zoidc.CheckSignature(ctx, text, payload, claims, signatureAlgorithms, hintKeys{p.Keys})
}

var signatureAlgorithms = []string{string(idp.RS256), string(idp.ES256), string(idp.EdDSA), string(idp.PS256)}
