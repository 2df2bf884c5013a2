package oidc

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"idp/internal/idp"
	"idp/internal/secret"
)

// SealedKeys keeps random keys that must outlive a change of the root secret.
type SealedKeys interface {
	// SealedKey returns the stored key of this name; if there is none it stores and
	// returns the proposed one. Of callers at once, one is first for all.
	SealedKey(ctx context.Context, name, proposed string) (string, error)
	// ReplaceSealedKey does nothing if the key is not old any more.
	ReplaceSealedKey(ctx context.Context, name, old, sealed string) error
}

// Subjects makes pairwise subjects (OpenID Connect Core §8.1): one for each person
// and sector, from which nobody without the key finds another sector's. The key is
// random and not derived, because subjects must stay when the root secret changes.
type Subjects struct{ key []byte }

const pairwiseLabel = "pairwise-subjects"

// LoadSubjects reads the key, makes it at the first start, and seals it anew when
// the root secret was replaced.
func LoadSubjects(ctx context.Context, store SealedKeys, keyring *secret.Keyring) (*Subjects, error) {
	fresh := make([]byte, sha256.Size)
	rand.Read(fresh)
	sealed, err := store.SealedKey(ctx, pairwiseLabel, keyring.Seal(pairwiseLabel, fresh, nil))
	if err != nil {
		return nil, fmt.Errorf("load the key of pairwise subjects: %w", err)
	}
	key, err := keyring.Open(pairwiseLabel, sealed, nil)
	if err != nil {
		return nil, fmt.Errorf("the key of pairwise subjects cannot be opened: the root secret is not the one it was sealed with (give the old one as previous_secret): %w", err)
	}
	if !keyring.Current(sealed) {
		if err := store.ReplaceSealedKey(ctx, pairwiseLabel, sealed, keyring.Seal(pairwiseLabel, key, nil)); err != nil {
			return nil, fmt.Errorf("seal the key of pairwise subjects: %w", err)
		}
	}
	return &Subjects{key}, nil
}

// Of is the name of a user or session in a sector: 43 base64url characters.
func (s *Subjects) Of(sector, id string) string {
	m := hmac.New(sha256.New, s.key)
	fmt.Fprintf(m, "%d:%s%d:%s", len(sector), sector, len(id), id)
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// subject is what the client knows a person, or itself, as. client may be nil.
func (p *Provider) subject(client *idp.Client, userID string) string {
	if client == nil || client.Sector == "" || userID == client.ID {
		return userID
	}
	return p.Subjects.Of(client.Sector, userID)
}

// session is what the client knows a session as: one sid for all would tell sectors
// which of their subjects are the same person.
func (p *Provider) session(client *idp.Client, sessionID string) string {
	if sessionID == "" {
		return ""
	}
	return p.subject(client, sessionID)
}

// nobody is the id of no user.
const nobody = "-"

// resolveHint returns the flow with the subject of its hint in our own terms: of the
// person who is signed in, or of nobody. A pairwise client's hint is never compared
// with the id that others know a person by.
func (p *Provider) resolveHint(flow *idp.Flow, client *idp.Client, in *idp.SignedIn) *idp.Flow {
	if in == nil || flow.HintSubject == "" || client.Sector == "" {
		return flow
	}
	resolved := *flow
	resolved.HintSubject = nobody
	if flow.HintSubject == p.subject(client, in.User.ID) {
		resolved.HintSubject = in.User.ID
	}
	return &resolved
}

func (p *Provider) subjectTypes() []string {
	if p.Clients.Any(func(c *idp.Client) bool { return c.Sector != "" }) {
		return []string{"public", "pairwise"}
	}
	return []string{"public"}
}
