package audit

import (
	"context"
	"fmt"
	"strconv"

	"idp/internal/secret"
)

// KeyStore keeps random keys that must outlive a change of the root secret.
type KeyStore interface {
	// SealedKey returns the stored key of this name; if there is none it stores and
	// returns the proposed one.
	SealedKey(ctx context.Context, name, proposed string) (string, error)
	// ReplaceSealedKey does nothing if the key is not old any more.
	ReplaceSealedKey(ctx context.Context, name, old, sealed string) error
}

// KeyName is the name of the chain's key among the sealed keys.
const KeyName = "audit"

// Keys make the MACs of the chain.
type Keys struct{ ring *secret.Keyring }

// LoadKeys reads the chain's key, makes it at the first start, and seals it anew
// when the root secret was replaced. The key is random and not derived, because
// what it proved must stay provable when the root secret changes.
func LoadKeys(ctx context.Context, store KeyStore, root *secret.Keyring) (*Keys, error) {
	sealed, err := store.SealedKey(ctx, KeyName, root.Seal(KeyName, []byte(secret.NewToken().Reveal()), nil))
	if err != nil {
		return nil, fmt.Errorf("load the key of the audit log: %w", err)
	}
	key, err := root.Open(KeyName, sealed, nil)
	if err != nil {
		return nil, fmt.Errorf("the key of the audit log cannot be opened: the root secret is not the one it was sealed with (give the old one as previous_secret): %w", err)
	}
	if !root.Current(sealed) {
		if err := store.ReplaceSealedKey(ctx, KeyName, sealed, root.Seal(KeyName, key, nil)); err != nil {
			return nil, fmt.Errorf("seal the key of the audit log: %w", err)
		}
	}
	ring, err := secret.NewKeyring(secret.TokenOf(string(key)))
	if err != nil {
		return nil, fmt.Errorf("load the key of the audit log: %w", err)
	}
	return &Keys{ring}, nil
}

// refLength is enough that no two addresses meet.
const refLength = 24

// AddressRef is what stands for a canonical address that has no user: nobody
// without the key finds the address, or another's.
func (k *Keys) AddressRef(email string) string {
	if email == "" {
		return ""
	}
	return k.ring.MAC("audit-address", email)[:refLength]
}

// personal covers what deleting the person blanks.
func (k *Keys) personal(e *Event) string {
	return k.ring.MAC("audit-personal", e.ID, e.IP, e.AddressRef)
}

// link covers the link before it and all of the event but what personal covers.
func (k *Keys) link(previous string, s *Sealed) string {
	return k.ring.MAC("audit-link", previous, strconv.FormatInt(s.Seq, 10), s.ID, strconv.FormatInt(s.At.UnixMilli(), 10),
		string(s.Name), s.Actor, s.Subject, s.Client, s.RequestID, s.Result, s.Detail, s.PersonalMAC)
}

// End is one end of the chain: the last event in it, or the last one purged.
type End struct {
	Seq  int64
	Hash string
	MAC  string
}

// The names of the ends.
const (
	First = "first" // the last event that was purged: the chain begins behind it
	Last  = "last"
)

// EndOf proves an end.
func (k *Keys) EndOf(name string, seq int64, hash string) End {
	return End{Seq: seq, Hash: hash, MAC: k.ring.MAC("audit-end", name, strconv.FormatInt(seq, 10), hash)}
}

// proven reports whether this program wrote the end. A chain that never had an
// event has none.
func (k *Keys) proven(name string, e End) bool {
	return e == End{} || e == k.EndOf(name, e.Seq, e.Hash)
}
