package oidc

import (
	"encoding/json"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"idp/internal/idp"
	"idp/internal/secret"
)

const (
	logoutJWT      = "logout+jwt"
	logoutEvent    = "http://schemas.openid.net/event/backchannel-logout"
	logoutTokenTTL = 2 * time.Minute // Back-Channel Logout §4 advises no more
)

// LogoutToken makes the token that tells client of the end of a session (OpenID
// Connect Back-Channel Logout §2.4). Each call makes one with an id of its own: a
// client that refuses ids it has seen must not refuse a second try.
func (p *Provider) LogoutToken(client *idp.Client, n idp.LogoutNotice) (string, error) {
	now := p.Now()
	payload, err := json.Marshal(&oidc.LogoutTokenClaims{
		Issuer: p.Issuer, Subject: p.subject(client, n.UserID), Audience: oidc.Audience{client.ID}, SessionID: p.session(client, n.SessionID),
		IssuedAt: oidc.FromTime(now), Expiration: oidc.FromTime(now.Add(logoutTokenTTL)), JWTID: secret.NewSubject(""),
		Events: map[string]any{logoutEvent: struct{}{}},
	})
	if err != nil {
		return "", err
	}
	return p.Keys.sign(client.IDTokenAlg, logoutJWT, payload)
}
