package main

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"
)

var b64 = base64.RawURLEncoding

// sealer makes texts that only this process can read: AES-256-GCM with a random
// 96-bit nonce, which also serves as the unique id of what is sealed.
type sealer struct{ cipher.AEAD }

func newSealer() (sealer, error) {
	key := make([]byte, 32)
	rand.Read(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		return sealer{}, fmt.Errorf("make sealer: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	return sealer{aead}, err
}

func (s sealer) bytes(plain []byte) string {
	out := make([]byte, s.NonceSize(), s.NonceSize()+len(plain)+s.Overhead())
	rand.Read(out)
	return b64.EncodeToString(s.Seal(out, out, plain, nil))
}

func (s sealer) open(text string) (plain, id []byte, ok bool) {
	raw, err := b64.DecodeString(text)
	if err != nil || len(raw) < s.NonceSize() {
		return nil, nil, false
	}
	id = raw[:s.NonceSize()]
	plain, err = s.Open(nil, id, raw[len(id):], nil)
	return plain, id, err == nil
}

// request is an authorization request on its way to a code, and then the code.
type request struct {
	Client    string `json:"c"`
	Redirect  string `json:"r"`
	State     string `json:"s,omitempty"`
	Nonce     string `json:"n"`
	Challenge string `json:"h"`
	User      int64  `json:"u,omitempty"`
	Expires   int64  `json:"e"`
}

func (s sealer) request(r *request) string {
	plain, err := json.Marshal(r)
	if err != nil {
		panic(err) // a struct of texts and numbers always marshals
	}
	return s.bytes(plain)
}

func (s sealer) openRequest(text string) (r request, id []byte, ok bool) {
	plain, id, ok := s.open(text)
	ok = ok && json.Unmarshal(plain, &r) == nil && r.Expires > time.Now().Unix()
	return r, id, ok
}

// access seals an access token: grant, user and end.
func (s sealer) access(grant, user, expires int64) string {
	var plain [24]byte
	for i, n := range []int64{grant, user, expires} {
		binary.BigEndian.PutUint64(plain[8*i:], uint64(n))
	}
	return s.bytes(plain[:])
}

func (s sealer) openAccess(text string) (grant, user int64, ok bool) {
	plain, _, ok := s.open(text)
	if !ok || len(plain) != 24 || int64(binary.BigEndian.Uint64(plain[16:])) < time.Now().Unix() {
		return 0, 0, false
	}
	return int64(binary.BigEndian.Uint64(plain)), int64(binary.BigEndian.Uint64(plain[8:])), true
}

// newSecret returns 256 random bits as text, and the hash that is stored.
func newSecret() (text string, hash []byte) {
	var b [32]byte
	rand.Read(b[:])
	text = b64.EncodeToString(b[:])
	return text, hashOf(text)
}

func hashOf(text string) []byte { h := digest(text); return h[:] }

func digest(text string) [32]byte { return sha256.Sum256([]byte(text)) }
