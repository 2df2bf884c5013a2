package oidc

import (
	"time"

	"idp/internal/idp"
)

// KeyTimes is where the signing key of an algorithm stands in its life.
type KeyTimes struct {
	Algorithm idp.Algorithm
	Since     time.Time // when it began to sign
	Until     time.Time // when the next one will, if nobody hurries
}

// Times tells it of every algorithm that can sign, as of the last Rotate.
func (k *Keys) Times() []KeyTimes { return k.current.Load().times }

// Complete reports whether every algorithm can sign.
func (k *Keys) Complete() bool { return len(k.current.Load().signers) == len(idp.Algorithms) }

func (k *Keys) timesOf(stored []idp.SigningKey) (out []KeyTimes) {
	for _, s := range stored {
		if s.State != idp.KeyActive {
			continue
		}
		t := KeyTimes{s.Algorithm, s.ActivateAt, s.ActivateAt.Add(k.policy.RotateEvery)}
		for _, next := range stored {
			if next.Algorithm == s.Algorithm && next.State == idp.KeyPublished {
				t.Until = next.ActivateAt
			}
		}
		out = append(out, t)
	}
	return out
}
