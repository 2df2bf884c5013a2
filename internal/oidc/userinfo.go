package oidc

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	zoidc "github.com/zitadel/oidc/v3/pkg/oidc"

	"idp/internal/idp"
	"idp/internal/reqlog"
)

// Userinfo answers who an access token is about (OpenID Connect Core §5.3). The
// token comes in the Authorization header or, by POST, in the form; never in the
// address (RFC 6750 §2.3).
func (p *Provider) Userinfo(w http.ResponseWriter, r *http.Request) error {
	p.cors(w, r)
	token, scheme, fail := presented(r)
	if fail != nil {
		return p.refuseBearer(w, r, fail, http.StatusBadRequest)
	}
	if token == "" {
		// No error code without a token: RFC 6750 §3.1.
		w.Header()["Www-Authenticate"] = []string{`Bearer realm="idp"`, dpopChallenge(nil)}
		return writeJSON(w, http.StatusUnauthorized, struct{}{})
	}
	now := p.Now()
	claims, err := p.openAccessToken(r.Context(), token, now)
	if err != nil {
		return p.refuseBearer(w, r, fault(invalidToken, "the access token is not valid").because(err), http.StatusUnauthorized)
	}
	if !p.forUs(claims) {
		return p.refuseBearer(w, r, fault(invalidToken, "the access token is for another resource"), http.StatusUnauthorized)
	}
	held, fail := p.proveHolder(r, claims, scheme, token)
	if fail != nil {
		return p.refuseBound(w, r, fail)
	}
	if !claims.has("openid") {
		return p.refuseBearer(w, r, fault("insufficient_scope", "the access token lacks the scope openid"), http.StatusForbidden)
	}
	b, err := p.Grants.Backing(r.Context(), claims.Grant, claims.has("offline_access"), now)
	if errors.Is(err, idp.ErrNotFound) {
		return p.refuseBearer(w, r, fault(invalidToken, "the access token is not valid").because(err), http.StatusUnauthorized)
	}
	if err != nil {
		return writeError(w, r, grantError(err, ""))
	}
	if fail := p.spendProof(r, held); fail != nil {
		return p.refuseBound(w, r, fail)
	}
	client, err := p.Clients.Find(r.Context(), claims.holder(b.ClientID))
	if errors.Is(err, idp.ErrNotFound) {
		return p.refuseBearer(w, r, fault(invalidToken, "the access token is not valid").because(errors.New("its client is gone")), http.StatusUnauthorized)
	}
	if err != nil {
		return writeError(w, r, fault(unavailable, "the client cannot be looked up now; try again").because(err))
	}
	p.corsOf(w, r, client)
	if fail := p.checkNonce(w, client, held); fail != nil {
		return p.refuseBound(w, r, fail)
	}
	scopes := client.AllowedScopes(claims.Scopes)
	if !slices.Contains(scopes, "openid") {
		return p.refuseBearer(w, r, fault("insufficient_scope", "the application may not have the scope openid any more"), http.StatusForbidden)
	}
	event := reqlog.From(r.Context())
	event.ClientID, event.UserID, event.Outcome = b.ClientID, b.User.ID, "userinfo"
	info := &userinfo{Subject: p.subject(client, b.User.ID), personClaims: userClaims(client, &b.User, scopes)}
	if claims.Actor == nil { // whoever exchanged the token did not ask for these
		info.tell(client, &b.User, idp.Asked(b.Claims, idp.AtUserinfo))
	}
	return p.writeUserinfo(w, client, info)
}

// presented finds the one access token of a request and the scheme that it came
// under.
func presented(r *http.Request) (token, scheme string, fail *protocolError) {
	if r.URL.Query().Has("access_token") {
		return "", "", invalid("an access token does not belong in the address")
	}
	fromBody := ""
	if r.Method == http.MethodPost {
		fromBody = r.PostForm.Get("access_token")
	}
	header := r.Header.Values("Authorization")
	if len(header) == 0 {
		return fromBody, zoidc.BearerToken, nil
	}
	scheme, token, _ = strings.Cut(header[0], " ")
	if len(header) > 1 || !strings.EqualFold(scheme, zoidc.BearerToken) && !strings.EqualFold(scheme, dpopScheme) {
		return "", "", invalid("the Authorization header must be one Bearer or DPoP token")
	}
	if fromBody != "" {
		return "", "", invalid("the access token was sent twice")
	}
	return strings.TrimSpace(token), scheme, nil
}

// refuseBearer answers as RFC 6750 §3 wants, and whoever came with the scheme DPoP as
// RFC 9449 §7.1 does.
func (p *Provider) refuseBearer(w http.ResponseWriter, r *http.Request, e *protocolError, status int) error {
	p.corsOfAny(w, r)
	event := reqlog.From(r.Context())
	event.Outcome, event.Err = "refused."+e.Code, e
	note(event, e)
	challenge := `Bearer realm="idp", error="` + e.Code + `", error_description="` + e.Description + `"`
	if scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " "); strings.EqualFold(scheme, dpopScheme) {
		challenge = dpopChallenge(e)
	}
	w.Header().Set("WWW-Authenticate", challenge)
	return writeJSON(w, status, map[string]string{"error": e.Code, "error_description": e.Description})
}
