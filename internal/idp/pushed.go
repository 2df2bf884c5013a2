package idp

import (
	"time"

	"idp/internal/secret"
)

// PushedTTL is how long a pushed authorization request may wait for the browser
// (RFC 9126 §2.2).
const PushedTTL = 60 * time.Second

const pushedLabel = "pushed-request"

// Push returns the text that stands for the flow until the browser brings it.
// Nothing is stored: the text is the request, sealed.
func (f *Flow) Push(k *secret.Keyring) string {
	return seal(k, pushedLabel, f)
}

// OpenPushed reverses Push, for a flow that starts now: ErrNotFound for anything
// that we did not seal, ErrExpired, with the flow, after PushedTTL.
func OpenPushed(k *secret.Keyring, text string, now time.Time) (*Flow, error) {
	f := &Flow{}
	if err := open(k, pushedLabel, text, f); err != nil {
		return nil, err
	}
	f.Pushed = secret.TokenOf(text).Hash(secret.KindPushed)
	if now.Sub(f.StartedAt()) > PushedTTL {
		return f, ErrExpired
	}
	f.Start, f.PushedAt = now.UnixMilli(), f.Start
	return f, nil
}

// PushedUntil is when the record that a pushed request was used may go: no flow
// that came from it lives longer. One that was posted may wait as long as a flow lives
// for the browser in which it begins anew.
func PushedUntil(now time.Time) time.Time { return now.Add(PushedTTL + 2*FlowTTL) }
