package secret

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"sync"

	"golang.org/x/crypto/chacha20poly1305"
)

// MinRootBytes is the least length of a root secret.
const MinRootBytes = 32

// ErrOpen says that a sealed text is damaged, foreign, or sealed under a root
// secret that is no longer accepted.
var ErrOpen = errors.New("secret: cannot open sealed text")

const keyIDLength = 4

// Keyring derives every key of an installation from its root secret. The first
// generation seals and signs, all generations open and verify.
type Keyring struct{ generations []*generation }

type generation struct {
	id    string // keyIDLength bytes that name the generation in stored values
	root  []byte
	aeads sync.Map // label → cipher.AEAD
	pools sync.Map // label → *sync.Pool of *macing
}

// NewKeyring makes a keyring from the current root secret and, during its
// replacement, the previous ones.
func NewKeyring(current Token, previous ...Token) (*Keyring, error) {
	k := &Keyring{}
	for _, root := range append([]Token{current}, previous...) {
		if len(root.Reveal()) < MinRootBytes {
			return nil, fmt.Errorf("secret: a root secret needs at least %d bytes; make one with: openssl rand -base64 32", MinRootBytes)
		}
		g := &generation{root: []byte(root.Reveal())}
		g.id = string(g.derive("generation id", keyIDLength))
		k.generations = append(k.generations, g)
	}
	return k, nil
}

func (g *generation) derive(label string, n int) []byte {
	key, err := hkdf.Key(sha256.New, g.root, []byte("idp/v1"), label, n)
	if err != nil {
		panic("secret: " + err.Error()) // only for absurd lengths
	}
	return key
}

func (g *generation) aead(label string) cipher.AEAD {
	if a, ok := g.aeads.Load(label); ok {
		return a.(cipher.AEAD)
	}
	a, err := chacha20poly1305.NewX(g.derive("seal/"+label, chacha20poly1305.KeySize))
	if err != nil {
		panic("secret: " + err.Error()) // only for a wrong key size
	}
	actual, _ := g.aeads.LoadOrStore(label, a)
	return actual.(cipher.AEAD)
}

// macing computes MACs. One that was used before has its key worked in already, which
// is half of the work, and room for what goes in and comes out.
type macing struct {
	hash      hash.Hash
	text, sum []byte
}

// macs lends what computes MACs under label.
func (g *generation) macs(label string) *sync.Pool {
	if p, ok := g.pools.Load(label); ok {
		return p.(*sync.Pool)
	}
	key := g.derive("mac/"+label, sha256.Size)
	p, _ := g.pools.LoadOrStore(label, &sync.Pool{New: func() any { return &macing{hash: hmac.New(sha256.New, key)} }})
	return p.(*sync.Pool)
}

// Seal encrypts and authenticates plain under label. bound is authenticated but
// not contained: Open needs the same bytes. XChaCha20-Poly1305 is used because
// its random 192-bit nonce never needs counting, however many tokens one key
// seals.
func (k *Keyring) Seal(label string, plain, bound []byte) string {
	g := k.generations[0]
	a := g.aead(label)
	out := make([]byte, keyIDLength+a.NonceSize(), keyIDLength+a.NonceSize()+len(plain)+a.Overhead())
	copy(out, g.id)
	nonce := out[keyIDLength:]
	rand.Read(nonce)
	return base64.RawURLEncoding.EncodeToString(a.Seal(out, nonce, plain, bound))
}

// Open reverses Seal. Every failure is ErrOpen.
func (k *Keyring) Open(label, sealed string, bound []byte) ([]byte, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(sealed)
	if err != nil || len(raw) < keyIDLength+chacha20poly1305.NonceSizeX {
		return nil, ErrOpen
	}
	g := k.find(string(raw[:keyIDLength]))
	if g == nil {
		return nil, ErrOpen
	}
	a := g.aead(label)
	nonce, box := raw[keyIDLength:keyIDLength+a.NonceSize()], raw[keyIDLength+a.NonceSize():]
	plain, err := a.Open(box[:0], nonce, box, bound)
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}

// Current reports whether a sealed text or a MAC was made with the current root
// secret, and not with one that is on its way out.
func (k *Keyring) Current(text string) bool {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	return err == nil && len(raw) >= keyIDLength && string(raw[:keyIDLength]) == k.generations[0].id
}

// MAC returns an HMAC-SHA-256 over parts under label, and names the generation
// of the key in front, so that it can still be checked after the root changed.
func (k *Keyring) MAC(label string, parts ...string) string {
	return k.generations[0].sum(label, parts)
}

// CheckMAC reports in constant time whether mac belongs to parts under label.
func (k *Keyring) CheckMAC(label, mac string, parts ...string) bool {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(mac)
	if err != nil || len(raw) < keyIDLength {
		return false
	}
	g := k.find(string(raw[:keyIDLength]))
	return g != nil && hmac.Equal([]byte(mac), []byte(g.sum(label, parts)))
}

// CheckCutMAC is CheckMAC for the first length characters of a MAC, where less of
// it is enough and must be short. length is a multiple of 4.
func (k *Keyring) CheckCutMAC(label, mac string, length int, parts ...string) bool {
	if len(mac) != length {
		return false
	}
	whole := k.Rederive(label, mac, parts...)
	return len(whole) > length && hmac.Equal([]byte(mac), []byte(whole[:length]))
}

// Rederive returns the MAC that MAC gave for parts when like was made, that is
// under the same generation of the root; "" if that one is gone.
func (k *Keyring) Rederive(label, like string, parts ...string) string {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(like)
	if err != nil || len(raw) < keyIDLength {
		return ""
	}
	if g := k.find(string(raw[:keyIDLength])); g != nil {
		return g.sum(label, parts)
	}
	return ""
}

func (g *generation) sum(label string, parts []string) string {
	pool := g.macs(label)
	m := pool.Get().(*macing) //nolint:forcetypeassert // macs made it
	defer pool.Put(m)
	m.text = m.text[:0]
	for _, p := range parts {
		// The length in front keeps ("ab","c") apart from ("a","bc").
		m.text = append(strconv.AppendInt(m.text, int64(len(p)), 10), ':')
		m.text = append(m.text, p...)
	}
	m.hash.Reset()
	m.hash.Write(m.text)
	clear(m.text) // some parts are secrets
	m.sum = m.hash.Sum(append(m.sum[:0], g.id...))
	return base64.RawURLEncoding.EncodeToString(m.sum)
}

func (k *Keyring) find(id string) *generation {
	for _, g := range k.generations {
		if g.id == id {
			return g
		}
	}
	return nil
}
