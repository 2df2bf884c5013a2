package oidc

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
	zcrypto "github.com/zitadel/oidc/v3/pkg/crypto"

	"idp/internal/idp"
	"idp/internal/secret"
)

// KeyStore keeps signing keys, their private parts sealed.
type KeyStore interface {
	SigningKeys(ctx context.Context) ([]idp.SigningKey, error)
	// ChangeKeys returns idp.ErrConflict if another replica rotated first.
	ChangeKeys(ctx context.Context, made []idp.SigningKey, steps []idp.KeyAction, now time.Time) error
	// ResealKey replaces the sealed private part of a key, if it still is old.
	ResealKey(ctx context.Context, id, old, sealed string) error
}

// Keys signs with the active key of each algorithm and verifies with all that
// are still published, and hints with those that were. It answers from memory;
// Rotate keeps it fresh.
type Keys struct {
	store   KeyStore
	keyring *secret.Keyring
	policy  idp.KeyPolicy
	now     func() time.Time
	current atomic.Pointer[keySet]
	foreign atomic.Bool
}

type keySet struct {
	signers map[idp.Algorithm]signer
	public  map[string]jose.JSONWebKey // by kid; what the JWKS has
	past    map[string]jose.JSONWebKey // those that it had
	jwks    document
	times   []KeyTimes
}

// signer holds what a signature needs, ready made: the headers are the same for
// every token of a type.
type signer map[string]jose.Signer // by typ

// tokenTypes are the typ headers of what we sign.
var tokenTypes = []string{jwtType, atJWT, logoutJWT, introspectionJWT}

const jwtType = "JWT"

func newSigner(alg idp.Algorithm, kid string, private crypto.Signer) (signer, error) {
	s := signer{}
	for _, typ := range tokenTypes {
		opts := (&jose.SignerOptions{}).WithType(jose.ContentType(typ)).WithHeader("kid", kid)
		js, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(alg), Key: private}, opts)
		if err != nil {
			return nil, err
		}
		s[typ] = js
	}
	return s, nil
}

// NewKeys makes Keys that can do nothing before the first Rotate.
func NewKeys(store KeyStore, keyring *secret.Keyring, policy idp.KeyPolicy, now func() time.Time) *Keys {
	k := &Keys{store: store, keyring: keyring, policy: policy, now: now}
	k.current.Store(&keySet{})
	return k
}

// Rotate does the steps of idp.NextKeys that are due and loads the result. Every
// replica calls it at start and then regularly; whoever is first does the work.
func (k *Keys) Rotate(ctx context.Context) error {
	for range 3 {
		stored, err := k.store.SigningKeys(ctx)
		if err != nil {
			return fmt.Errorf("rotate keys: %w", err)
		}
		if err := k.canOpen(stored); err != nil {
			return err
		}
		now := k.now()
		steps := idp.NextKeys(stored, idp.Algorithms, k.policy, now)
		if len(steps) == 0 {
			if err := k.reseal(ctx, stored); err != nil {
				return err
			}
			return k.load(stored)
		}
		made, err := k.make(steps, now)
		if err != nil {
			return err
		}
		if err := k.store.ChangeKeys(ctx, made, steps, now); err != nil && !errors.Is(err, idp.ErrConflict) {
			return fmt.Errorf("rotate keys: %w", err)
		}
	}
	return errors.New("rotate keys: other replicas keep changing them")
}

// Opens returns an error that names a stored key which a keyring does not open: those
// that sealed it had another root secret.
func Opens(keyring *secret.Keyring, stored []idp.SigningKey) error {
	for i := range stored {
		if _, err := opened(keyring, &stored[i]); err != nil {
			return err
		}
	}
	return nil
}

// open returns the private part of a stored key, in PKCS #8.
func (k *Keys) open(s *idp.SigningKey) ([]byte, error) { return opened(k.keyring, s) }

func opened(keyring *secret.Keyring, s *idp.SigningKey) ([]byte, error) {
	der, err := keyring.Open(keyLabel, s.Private, []byte(s.ID))
	if err != nil {
		return nil, fmt.Errorf("signing key %s cannot be opened: the root secret is not the one it was sealed with (give the old one as previous_secret): %w", s.ID, err)
	}
	return der, nil
}

// canOpen comes before every change: whoever has another root secret must not put keys
// beside ours that we could not open.
func (k *Keys) canOpen(stored []idp.SigningKey) error {
	err := Opens(k.keyring, stored)
	k.foreign.Store(err != nil)
	return err
}

// Foreign reports whether a stored key could not be opened when they were last looked
// at: what signs here is what was read before.
func (k *Keys) Foreign() bool { return k.foreign.Load() }

// reseal puts keys that were sealed with a previous root secret under the current
// one, so that the previous one can be given up.
func (k *Keys) reseal(ctx context.Context, stored []idp.SigningKey) error {
	for _, s := range stored {
		if k.keyring.Current(s.Private) {
			continue
		}
		der, err := k.open(&s)
		if err != nil {
			return err
		}
		if err := k.store.ResealKey(ctx, s.ID, s.Private, k.keyring.Seal(keyLabel, der, []byte(s.ID))); err != nil {
			return fmt.Errorf("reseal key %s: %w", s.ID, err)
		}
	}
	return nil
}

// make generates the new keys that steps ask for.
func (k *Keys) make(steps []idp.KeyAction, now time.Time) ([]idp.SigningKey, error) {
	var made []idp.SigningKey
	for _, s := range steps {
		if s.KeyID != "" {
			continue
		}
		private, err := generate(s.Algorithm)
		if err != nil {
			return nil, fmt.Errorf("make %s key: %w", s.Algorithm, err)
		}
		id := secret.NewSubject("")
		key := idp.SigningKey{
			ID: id, Algorithm: s.Algorithm, State: s.State, CreatedAt: now, ActivateAt: now,
			Private: k.keyring.Seal(keyLabel, private, []byte(id)),
		}
		if s.State == idp.KeyPublished {
			key.ActivateAt = now.Add(k.policy.PublishAhead)
		}
		made = append(made, key)
	}
	return made, nil
}

func (k *Keys) load(stored []idp.SigningKey) error {
	set, now := &keySet{signers: map[idp.Algorithm]signer{}, public: map[string]jose.JSONWebKey{}, past: map[string]jose.JSONWebKey{}}, k.now()
	var jwks jose.JSONWebKeySet
	for _, s := range stored {
		der, err := k.open(&s)
		if err != nil {
			return err
		}
		private, err := parsePrivate(der)
		if err != nil {
			return fmt.Errorf("signing key %s: %w", s.ID, err)
		}
		jwk := jose.JSONWebKey{Key: private.Public(), KeyID: s.ID, Algorithm: string(s.Algorithm), Use: "sig"}
		if s.StateAt(k.policy, now) == idp.KeyPast {
			set.past[s.ID] = jwk
			continue
		}
		set.public[s.ID] = jwk
		jwks.Keys = append(jwks.Keys, jwk)
		if s.State == idp.KeyActive {
			if set.signers[s.Algorithm], err = newSigner(s.Algorithm, s.ID, private); err != nil {
				return fmt.Errorf("signing key %s: %w", s.ID, err)
			}
		}
	}
	set.jwks, set.times = newDocument(jwks), k.timesOf(stored)
	k.current.Store(set)
	return nil
}

// JWKS is the ready public document.
func (k *Keys) JWKS() document { return k.current.Load().jwks }

// sign makes a compact JWS over claims with the active key of alg.
func (k *Keys) sign(alg idp.Algorithm, typ string, claims []byte) (string, error) {
	s, ok := k.current.Load().signers[alg]
	if !ok {
		return "", fmt.Errorf("sign: no active key for %s", alg)
	}
	return zcrypto.SignPayload(claims, s[typ])
}

// VerifySignature implements the library's KeySet.
func (k *Keys) VerifySignature(_ context.Context, jws *jose.JSONWebSignature) ([]byte, error) {
	return verify(jws, k.current.Load().public)
}

// hintKeys verifies ID tokens that come back as hints, which may be older than any key
// of the JWKS. A hint opens nothing: a key that became known makes none that matters.
type hintKeys struct{ *Keys }

// VerifySignature implements the library's KeySet.
func (k hintKeys) VerifySignature(_ context.Context, jws *jose.JSONWebSignature) ([]byte, error) {
	set := k.current.Load()
	return verify(jws, set.public, set.past)
}

// verify takes the algorithm of our key, never the one that the token claims.
func verify(jws *jose.JSONWebSignature, keys ...map[string]jose.JSONWebKey) ([]byte, error) {
	if len(jws.Signatures) != 1 {
		return nil, errors.New("a token of ours has one signature")
	}
	header := jws.Signatures[0].Header
	for _, some := range keys {
		if key, ok := some[header.KeyID]; ok && key.Algorithm == header.Algorithm {
			return jws.Verify(key.Key)
		}
	}
	return nil, errors.New("no key of ours signed this")
}

// Replace makes new keys outside the calendar, for one algorithm or, if alg is
// "", for all. They are published, and sign after the policy's pause, or at once
// with atOnce. It returns those that sign next. An algorithm whose next key is
// already published gets none, unless atOnce, which promotes that one.
func (k *Keys) Replace(ctx context.Context, alg idp.Algorithm, atOnce bool) ([]idp.SigningKey, error) {
	stored, err := k.store.SigningKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("replace keys: %w", err)
	}
	if err := k.canOpen(stored); err != nil {
		return nil, err
	}
	algorithms := idp.Algorithms
	if alg != "" {
		if !slices.Contains(idp.Algorithms, alg) {
			return nil, fmt.Errorf("replace keys: there is no algorithm %q", alg)
		}
		algorithms = []idp.Algorithm{alg}
	}
	steps, now := idp.ReplaceKeys(stored, algorithms, atOnce), k.now()
	next, err := k.make(steps, now)
	if err != nil {
		return nil, err
	}
	if err := k.store.ChangeKeys(ctx, next, steps, now); err != nil {
		return nil, fmt.Errorf("replace keys: %w", err)
	}
	for _, s := range stored {
		if slices.Contains(steps, idp.KeyAction{Algorithm: s.Algorithm, KeyID: s.ID, State: idp.KeyActive}) {
			s.State, s.ActivateAt = idp.KeyActive, now
			next = append(next, s)
		}
	}
	return next, nil
}
