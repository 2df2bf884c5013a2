package idp

import "time"

// KeyState is where a signing key stands in its life.
type KeyState string

// The states of a signing key, in their order.
const (
	KeyPublished KeyState = "published" // in the JWKS, does not sign yet
	KeyActive    KeyState = "active"    // signs; one per algorithm
	KeyRetired   KeyState = "retired"   // in the JWKS until its last token is dead
	KeyPast      KeyState = "past"      // out of it, and known here alone; never stored: see SigningKey.StateAt
)

// SigningKey is one key pair of ours. Private is PKCS #8, sealed by the keyring;
// it is opened only in memory.
type SigningKey struct {
	ID         string // the kid
	Algorithm  Algorithm
	State      KeyState
	Private    string
	CreatedAt  time.Time
	ActivateAt time.Time
	RetiredAt  time.Time
}

// KeyPolicy is how signing keys rotate.
type KeyPolicy struct {
	RotateEvery  time.Duration // life of an active key
	PublishAhead time.Duration // in the JWKS before it first signs
	KeepRetired  time.Duration // in the JWKS after it last signed
	KeepPast     time.Duration // after that, for ID tokens that come back as hints
}

// StateAt is State, but for a retired key whose time in the JWKS is over.
func (k *SigningKey) StateAt(policy KeyPolicy, now time.Time) KeyState {
	if k.State == KeyRetired && !now.Before(k.RetiredAt.Add(policy.KeepRetired)) {
		return KeyPast
	}
	return k.State
}

// KeyAction is one step that NextKeys asks for: a new key in State, or the key
// KeyID into State, or, with Drop, the end of KeyID.
type KeyAction struct {
	Algorithm Algorithm
	KeyID     string // "": make a new key
	State     KeyState
	Drop      bool
}

// NextKeys returns the steps that bring keys to what policy wants at now. Doing
// them and asking again leads to no further step.
func NextKeys(keys []SigningKey, algorithms []Algorithm, policy KeyPolicy, now time.Time) []KeyAction {
	var steps []KeyAction
	for _, alg := range algorithms {
		var active, next *SigningKey
		for i, k := range keys {
			if k.Algorithm != alg {
				continue
			}
			switch k.State {
			case KeyActive:
				active = &keys[i]
			case KeyPublished:
				next = &keys[i]
			}
		}
		switch {
		case active == nil && next == nil:
			steps = append(steps, KeyAction{Algorithm: alg, State: KeyActive})
		case active == nil:
			steps = append(steps, KeyAction{Algorithm: alg, KeyID: next.ID, State: KeyActive})
		case next != nil && !now.Before(next.ActivateAt):
			steps = append(steps,
				KeyAction{Algorithm: alg, KeyID: active.ID, State: KeyRetired},
				KeyAction{Algorithm: alg, KeyID: next.ID, State: KeyActive})
		case next == nil && !now.Before(active.ActivateAt.Add(policy.RotateEvery-policy.PublishAhead)):
			steps = append(steps, KeyAction{Algorithm: alg, State: KeyPublished})
		}
	}
	for _, k := range keys {
		if k.State == KeyRetired && !now.Before(k.RetiredAt.Add(policy.KeepRetired+policy.KeepPast)) {
			steps = append(steps, KeyAction{Algorithm: k.Algorithm, KeyID: k.ID, Drop: true})
		}
	}
	return steps
}

// ReplaceKeys returns the steps of an unplanned rotation: a new published key
// for each algorithm that has none, or, with atOnce, a new active key in place
// of the old.
func ReplaceKeys(keys []SigningKey, algorithms []Algorithm, atOnce bool) []KeyAction {
	var steps []KeyAction
	for _, alg := range algorithms {
		var active, next string
		for _, k := range keys {
			if k.Algorithm == alg && k.State == KeyActive {
				active = k.ID
			}
			if k.Algorithm == alg && k.State == KeyPublished {
				next = k.ID
			}
		}
		switch {
		case !atOnce && next == "":
			steps = append(steps, KeyAction{Algorithm: alg, State: KeyPublished})
		case atOnce:
			if active != "" {
				steps = append(steps, KeyAction{Algorithm: alg, KeyID: active, State: KeyRetired})
			}
			steps = append(steps, KeyAction{Algorithm: alg, KeyID: next, State: KeyActive})
		}
	}
	return steps
}
