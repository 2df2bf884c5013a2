package oidc

import (
	"errors"
	"net/http"

	zoidc "github.com/zitadel/oidc/v3/pkg/oidc"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/reqlog"
	"idp/internal/secret"
)

// DeviceAuthorization lets a device begin to wait (RFC 8628 §3.1). It shows the
// person a code; what it asks for is shown where the person types that.
func (p *Provider) DeviceAuthorization(w http.ResponseWriter, r *http.Request) error {
	p.cors(w, r)
	client, fail := p.authenticate(r)
	if fail == nil && !client.MayGrant(idp.GrantDevice) {
		fail = fault(unauthorized, "this client is not registered for the device grant")
	}
	flow := &idp.Flow{}
	if fail == nil {
		fail = checkSizes(r.PostForm, client, flow)
	}
	if fail == nil {
		fail = parseScopes(r.PostForm, client, flow)
	}
	if fail == nil {
		fail = p.parseResources(r.PostForm, client, flow)
	}
	if fail != nil {
		return writeError(w, r, fail)
	}
	device, userCode, err := p.newDevice(r, client, flow)
	var limited *idp.LimitedError
	if errors.As(err, &limited) {
		return err
	}
	if err != nil {
		return writeError(w, r, grantError(err, ""))
	}
	reqlog.From(r.Context()).Outcome = "device.waiting"
	return writeJSON(w, http.StatusOK, &zoidc.DeviceAuthorizationResponse{
		DeviceCode: device.Reveal(), UserCode: userCode.Reveal(), VerificationURI: p.Issuer + PathDevice,
		VerificationURIComplete: p.Issuer + PathDevice + "?user_code=" + userCode.Reveal(),
		ExpiresIn:               int(idp.DeviceTTL.Seconds()), Interval: int(idp.DevicePause.Seconds()),
	})
}

// newDevice stores a device. A user code that another device has is tried anew.
func (p *Provider) newDevice(r *http.Request, client *idp.Client, flow *idp.Flow) (device, userCode secret.Token, err error) {
	now, asker := p.Now(), p.Callers.Asker(r)
	budgets := []magiclink.Count{magiclink.NewCount(p.Keyring, "devices_per_ip", p.DevicesPerIP, asker.Network)}
	for range 3 {
		device, userCode = secret.NewToken(), secret.NewUserCode()
		err = p.Devices.CreateDevice(r.Context(), idp.Device{
			ID: secret.NewID("dev_", now), GrantID: secret.NewID(idp.DeviceGrantPrefix, now), ClientID: client.ID, Scopes: flow.Scopes, Resources: flow.Resources,
			IP: asker.IP, UserAgent: asker.UserAgent, State: idp.DeviceWaiting, CreatedAt: now, ExpiresAt: now.Add(idp.DeviceTTL),
		}, device.Hash(secret.KindDevice), UserCodeMAC(p.Keyring, userCode), budgets, now)
		if !errors.Is(err, idp.ErrConflict) {
			break
		}
	}
	return device, userCode, err
}

// UserCodeMAC is the stored form of a user code, "" for none: a hash alone of
// something so short could be reversed.
func UserCodeMAC(k *secret.Keyring, code secret.Token) string {
	if code.IsZero() {
		return ""
	}
	return k.MAC("user-code", code.Reveal())
}

// denyDevice tells a waiting device that the person said no. If somebody decided
// before, that stands.
func (p *Provider) denyDevice(w http.ResponseWriter, r *http.Request, flow *idp.Flow) error {
	err := p.Devices.DecideDevice(r.Context(), flow.Device, idp.DeviceDenied, "", "", p.Now())
	if err != nil && !errors.Is(err, idp.ErrUsed) {
		return err
	}
	reqlog.From(r.Context()).Outcome = "device.denied"
	return p.toConnect(w, flow)
}

// toConnect leads to the page where the device is connected.
func (p *Provider) toConnect(w http.ResponseWriter, flow *idp.Flow) error {
	redirect(w, PathConnect+"?flow="+flow.Seal(p.Keyring))
	return nil
}
