package idp_test

import (
	"fmt"
	"testing"
	"time"

	"idp/internal/idp"
)

var policy = idp.KeyPolicy{RotateEvery: 90 * 24 * time.Hour, PublishAhead: 7 * 24 * time.Hour, KeepRetired: 2 * 24 * time.Hour}

// apply does the steps as storage would.
func apply(keys []idp.SigningKey, steps []idp.KeyAction, now time.Time) []idp.SigningKey {
	for _, s := range steps {
		if s.KeyID == "" {
			k := idp.SigningKey{ID: fmt.Sprint("k", now.Unix(), len(keys)), Algorithm: s.Algorithm, State: s.State, CreatedAt: now, ActivateAt: now}
			if s.State == idp.KeyPublished {
				k.ActivateAt = now.Add(policy.PublishAhead)
			}
			keys = append(keys, k)
			continue
		}
		for i := range keys {
			if keys[i].ID != s.KeyID {
				continue
			}
			if s.Drop {
				keys = append(keys[:i:i], keys[i+1:]...)
				break
			}
			keys[i].State = s.State
			if s.State == idp.KeyRetired {
				keys[i].RetiredAt = now
			} else {
				keys[i].ActivateAt = now
			}
		}
	}
	return keys
}

// Over two years of hourly rounds there is always exactly one active key, no key
// signs before it was published long enough, and none vanishes too early.
func TestKeysRotateOverYears(t *testing.T) {
	var keys []idp.SigningKey
	algs := []idp.Algorithm{idp.ES256}
	published, rotations, active := map[string]time.Time{}, 0, ""
	lastSigned := map[string]time.Time{}
	for h := range 2 * 365 * 24 {
		now := noon.Add(time.Duration(h) * time.Hour)
		keys = apply(keys, idp.NextKeys(keys, algs, policy, now), now)
		if again := idp.NextKeys(keys, algs, policy, now); len(again) != 0 {
			t.Fatalf("hour %d: a second look asks for %+v", h, again)
		}
		here := map[string]bool{}
		n := 0
		for _, k := range keys {
			here[k.ID] = true
			if _, seen := published[k.ID]; !seen {
				published[k.ID] = now
			}
			if k.State != idp.KeyActive {
				continue
			}
			n++
			if active != k.ID && active != "" {
				rotations++
				if now.Sub(published[k.ID]) < policy.PublishAhead {
					t.Fatalf("key %s signs %v after it was published", k.ID, now.Sub(published[k.ID]))
				}
			}
			active = k.ID
			lastSigned[k.ID] = now
		}
		if n != 1 {
			t.Fatalf("hour %d: %d active keys", h, n)
		}
		for id, at := range lastSigned {
			if now.Sub(at) < policy.KeepRetired && !here[id] {
				t.Fatalf("key %s vanished %v after it last signed", id, now.Sub(at))
			}
		}
	}
	if rotations != 8 {
		t.Fatalf("%d rotations in two years of 90 days each", rotations)
	}
	if len(keys) > 3 {
		t.Fatalf("%d keys are left over", len(keys))
	}
}

func TestReplaceKeys(t *testing.T) {
	keys := apply(nil, idp.NextKeys(nil, []idp.Algorithm{idp.ES256}, policy, noon), noon)
	keys = apply(keys, idp.ReplaceKeys(keys, []idp.Algorithm{idp.ES256}, false), noon)
	if len(keys) != 2 || keys[1].State != idp.KeyPublished {
		t.Fatalf("%+v", keys)
	}
	if steps := idp.ReplaceKeys(keys, []idp.Algorithm{idp.ES256}, false); len(steps) != 0 {
		t.Fatalf("a second next key: %+v", steps)
	}
	keys = apply(keys, idp.ReplaceKeys(keys, []idp.Algorithm{idp.ES256}, true), noon)
	if keys[0].State != idp.KeyRetired || keys[1].State != idp.KeyActive {
		t.Fatalf("%+v", keys)
	}
}

// A key that left the JWKS stays known for KeepPast, and is no key of it.
func TestPastKeys(t *testing.T) {
	policy := policy
	policy.KeepPast = 90 * 24 * time.Hour
	key := idp.SigningKey{ID: "old", Algorithm: idp.ES256, State: idp.KeyRetired, RetiredAt: noon}
	for after, want := range map[time.Duration]idp.KeyState{0: idp.KeyRetired, policy.KeepRetired - 1: idp.KeyRetired, policy.KeepRetired: idp.KeyPast} {
		if got := key.StateAt(policy, noon.Add(after)); got != want {
			t.Errorf("after %v it is %s, want %s", after, got, want)
		}
	}
	end := policy.KeepRetired + policy.KeepPast
	for after, steps := range map[time.Duration]int{end - 1: 0, end: 1} {
		if got := idp.NextKeys([]idp.SigningKey{key}, nil, policy, noon.Add(after)); len(got) != steps {
			t.Errorf("after %v: %+v", after, got)
		}
	}
}
