package oidc

import (
	"errors"
	"net/http"
	"strings"

	"idp/internal/idp"
	"idp/internal/reqlog"
)

// Userinfo answers who an access token is about (OpenID Connect Core §5.3). The
// token comes in the Authorization header or, by POST, in the form; never in the
// address (RFC 6750 §2.3).
func (p *Provider) Userinfo(w http.ResponseWriter, r *http.Request) error {
	p.cors(w, r)
	token, fail := bearer(r)
	if fail != nil {
		return refuseBearer(w, r, fail, http.StatusBadRequest)
	}
	if token == "" {
		w.Header().Set("WWW-Authenticate", `Bearer realm="idp"`) // no error code without a token: RFC 6750 §3.1
		return writeJSON(w, http.StatusUnauthorized, struct{}{})
	}
	now := p.Now()
	claims, err := p.openAccessToken(r.Context(), token, now)
	if err != nil {
		return refuseBearer(w, r, fault("invalid_token", "the access token is not valid").because(err), http.StatusUnauthorized)
	}
	if !p.forUs(claims) {
		return refuseBearer(w, r, fault("invalid_token", "the access token is for another resource"), http.StatusUnauthorized)
	}
	if !claims.has("openid") {
		return refuseBearer(w, r, fault("insufficient_scope", "the access token lacks the scope openid"), http.StatusForbidden)
	}
	g, user, err := p.Grants.Grant(r.Context(), claims.Grant, now)
	if errors.Is(err, idp.ErrNotFound) || errors.Is(err, idp.ErrRevoked) {
		return refuseBearer(w, r, fault("invalid_token", "the access token is not valid").because(err), http.StatusUnauthorized)
	}
	if err != nil {
		return writeError(w, r, grantError(err, ""))
	}
	client := p.Clients.Client(claims.holder(&g))
	if client == nil {
		return refuseBearer(w, r, fault("invalid_token", "the access token is not valid").because(errors.New("its client is gone")), http.StatusUnauthorized)
	}
	event := reqlog.From(r.Context())
	event.ClientID, event.UserID, event.Outcome = g.ClientID, g.UserID, "userinfo"
	info := userClaims(client, &user, claims.Scopes)
	info.Subject = p.subject(client, user.ID)
	return p.writeUserinfo(w, client, info)
}

// bearer finds the one access token of a request.
func bearer(r *http.Request) (string, *protocolError) {
	if r.URL.Query().Has("access_token") {
		return "", invalid("an access token does not belong in the address")
	}
	fromBody := ""
	if r.Method == http.MethodPost {
		fromBody = r.PostForm.Get("access_token")
	}
	header := r.Header.Values("Authorization")
	if len(header) == 0 {
		return fromBody, nil
	}
	scheme, token, _ := strings.Cut(header[0], " ")
	if len(header) > 1 || !strings.EqualFold(scheme, "Bearer") {
		return "", invalid("the Authorization header must be one Bearer token")
	}
	if fromBody != "" {
		return "", invalid("the access token was sent twice")
	}
	return strings.TrimSpace(token), nil
}

// refuseBearer answers as RFC 6750 §3 wants.
func refuseBearer(w http.ResponseWriter, r *http.Request, e *protocolError, status int) error {
	event := reqlog.From(r.Context())
	event.Outcome, event.Err = "refused."+e.Code, e
	w.Header().Set("WWW-Authenticate", `Bearer realm="idp", error="`+e.Code+`", error_description="`+e.Description+`"`)
	return writeJSON(w, status, map[string]string{"error": e.Code, "error_description": e.Description})
}
