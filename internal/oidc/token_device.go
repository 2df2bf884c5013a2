package oidc

import (
	"errors"
	"net/http"

	zoidc "github.com/zitadel/oidc/v3/pkg/oidc"

	"idp/internal/idp"
	"idp/internal/proof"
	"idp/internal/reqlog"
	"idp/internal/secret"
)

// redeemDevice answers a device that asks whether a person allowed it (RFC 8628
// §3.4). The grant is inserted under the id that the device was given, so a
// device code works once, like an authorization code.
func (p *Provider) redeemDevice(r *http.Request, client *idp.Client, held proof.Possession) (*zoidc.AccessTokenResponse, *protocolError) {
	code := secret.TokenOf(r.PostForm.Get("device_code"))
	if code.IsZero() {
		return nil, invalid("device_code is missing")
	}
	now := p.Now()
	d, err := p.Devices.PollDevice(r.Context(), code.Hash(secret.KindDevice), client.ID, now)
	if err != nil {
		return nil, grantError(err, "the device code is not valid")
	}
	if fail := unready(&d, now.Before(d.ExpiresAt)); fail != nil {
		return nil, fail
	}
	event := reqlog.From(r.Context())
	event.UserID = d.UserID
	scopes := allowedNow(client, d.Scopes)
	if len(scopes) == 0 {
		return nil, noneLeft(client, d.Scopes)
	}
	g := newGrant(client, &idp.Code{GrantID: d.GrantID, UserID: d.UserID, SessionID: d.SessionID, Scopes: scopes, Resources: d.Resources}, now)
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
		return nil, grantError(err, "the device code is not valid")
	}
	if fail := p.admitted(r.Context(), client, &g, &user); fail != nil {
		return nil, fail
	}
	event.Outcome = "token.device_redeemed"
	return p.issue(client, issuance{grant: g, user: user, scopes: g.Scopes, resources: resources, refresh: g.Generation, keyHash: held.KeyHash})
}

// unready says why a device gets no tokens yet, or never (RFC 8628 §3.5).
func unready(d *idp.Device, live bool) *protocolError {
	switch {
	case d.State == idp.DeviceDenied:
		return fault("access_denied", "the person did not allow it")
	case !live:
		return fault("expired_token", "the device code has expired; start again").because(idp.ErrExpired)
	case d.Hasty:
		return fault("slow_down", "wait five seconds longer between requests").because(errors.New("device polls too fast"))
	case d.State == idp.DeviceApproved:
		return nil
	default:
		return fault("authorization_pending", "the person has not decided yet")
	}
}
