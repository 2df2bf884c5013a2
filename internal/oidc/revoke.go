package oidc

import (
	"errors"
	"net/http"

	"idp/internal/idp"
	"idp/internal/reqlog"
	"idp/internal/secret"
)

// Revoke ends the grant of a token (RFC 7009). An access token carries no row of
// its own, so revoking one ends its grant, refresh token included, which §2.1
// allows. What is not a token of this client is none of its business and gets
// 200; a failing database does not.
func (p *Provider) Revoke(w http.ResponseWriter, r *http.Request) error {
	p.cors(w, r)
	client, fail := p.authenticate(r)
	if fail == nil {
		p.corsOf(w, r, client)
	} else {
		p.corsOfAny(w, r)
	}
	if fail == nil && r.PostForm.Get("token") == "" {
		fail = invalid("token is missing")
	}
	if fail != nil {
		return writeError(w, r, fail)
	}
	text, now := r.PostForm.Get("token"), p.Now()
	id, claims, refresh := p.tokenGrant(r, text, now)
	if id == ownGrant+client.ID || claims != nil && claims.Actor != nil && claims.Client == client.ID {
		return writeError(w, r, fault("unsupported_token_type", "no grant of this client stands behind the token; it lives for %s at most", client.AccessTokenTTL))
	}
	g, _, err := p.Grants.Grant(r.Context(), id, now)
	switch {
	case errors.Is(err, idp.ErrNotFound), errors.Is(err, idp.ErrRevoked):
		return revoked(w)
	case err != nil:
		return writeError(w, r, grantError(err, ""))
	case g.ClientID != client.ID:
		return revoked(w)
	case refresh && g.Refresh(p.Keyring, secret.TokenOf(text), false, now) == idp.RefreshInvalid:
		return revoked(w)
	}
	if err := p.Grants.RevokeGrant(r.Context(), id, "revoked by the client", now); err != nil {
		return writeError(w, r, grantError(err, ""))
	}
	event := reqlog.From(r.Context())
	event.UserID, event.Outcome = g.UserID, "token.revoked"
	return revoked(w)
}

func revoked(w http.ResponseWriter) error {
	w.Header()["Cache-Control"] = noStore
	w.WriteHeader(http.StatusOK)
	return nil
}
