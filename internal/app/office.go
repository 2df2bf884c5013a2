package app

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"idp/internal/admin"
	"idp/internal/audit"
	"idp/internal/explain"
	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/mail"
	"idp/internal/secret"
)

// newOffice makes the verbs of administration for this configuration.
func (a *App) newOffice(keyring *secret.Keyring) *admin.Office {
	return &admin.Office{
		Service: &admin.Service{Store: a.Store, Keys: a.Sealer.Keys, Now: a.now, ParseAddress: a.cfg.ParseAddress, MayInvite: a.cfg.MayInvite},
		Signing: signing{a}, Mail: a.Store, SendInvitation: a.sendInvitation,
		Limits: func(ctx context.Context, email, ip string) ([]magiclink.Use, error) {
			network := ""
			if addr, err := netip.ParseAddr(ip); err == nil {
				network = magiclink.Network(addr)
			}
			return magiclink.Present(ctx, a.Store, keyring, a.cfg.Settings().Limits, email, network, a.now())
		},
		Failures: a.explained,
		Health: func(ctx context.Context) []admin.Part {
			var out []admin.Part
			for _, p := range a.health(ctx) {
				out = append(out, admin.Part{Name: p.Name, State: string(p.State), Detail: p.Detail})
			}
			return out
		},
		Configuration: func() admin.Configuration {
			s := a.ReloadState()
			return admin.Configuration{
				Followed: a.options.Follow != nil, Since: s.At, Hash: s.Hash, Tried: s.Tried, Fault: s.Err, Pending: s.Pending,
				Restart: s.Restart, Reloads: s.Reloads, Failures: s.Failures,
			}
		},
	}
}

// explained implements admin.Office's Failures.
func (a *App) explained(ctx context.Context, clientID, requestID string, limit int) ([]admin.Failure, error) {
	failures, err := a.Store.Failures(ctx, clientID, requestID, limit)
	out := make([]admin.Failure, len(failures))
	for i := range failures {
		out[i] = admin.Failure(explain.Of(a.cfg, &failures[i]))
	}
	return out, err
}

// signing is the keys as administrators have them.
type signing struct{ a *App }

// List implements admin.Signing.
func (s signing) List(ctx context.Context) ([]idp.SigningKey, error) {
	keys, err := s.a.Store.SigningKeys(ctx)
	policy, now := s.a.cfg.KeyPolicy(), s.a.now()
	for i := range keys {
		keys[i].State = keys[i].StateAt(policy, now)
	}
	return keys, err
}

// Replace implements admin.Signing. This process has the new keys at once.
func (s signing) Replace(ctx context.Context, alg idp.Algorithm, atOnce bool) ([]idp.SigningKey, error) {
	if alg != "" && !slices.Contains(idp.Algorithms, alg) {
		return nil, s.a.office.Refused(ctx, audit.KeyRotated, "", fmt.Errorf("there is no algorithm %q: %w", alg, admin.ErrAlgorithm))
	}
	next, err := s.a.Keys.Replace(ctx, alg, atOnce)
	if err != nil {
		return nil, err
	}
	return next, s.a.Keys.Rotate(ctx)
}

// sendInvitation implements admin.Office's.
func (a *App) sendInvitation(ctx context.Context, who admin.Invitee) (ends time.Time, provider string, err error) {
	if who.Email, err = a.cfg.ParseAddress(who.Email); err != nil {
		return ends, "", a.office.Refused(ctx, audit.UserInvited, "", err)
	}
	i, err := a.office.Invite(ctx, who)
	if err != nil {
		return ends, "", err
	}
	msg, err := a.letters.ComposeInvitation(mail.Invitation{ClientID: who.ClientID, Recipient: who.Email, Locale: who.Locale, Invitation: i}, a.now())
	if err != nil {
		return ends, "", fmt.Errorf("compose invitation: %w", err)
	}
	name, failure := a.Worker.Senders.Send(ctx, msg, "")
	if failure != nil {
		return ends, name, fmt.Errorf("%s did not take the letter: %w", name, errors.Join(admin.ErrMail, failure))
	}
	return i.Ends, name, nil
}
