package caller

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"
)

var b64 = base64.RawURLEncoding

// prover holds the key that an application binds its tokens to (RFC 9449).
type prover struct {
	key  *ecdsa.PrivateKey
	head string // the first part of every proof
}

func newProver() (*prover, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	x, y := b64.EncodeToString(point[1:33]), b64.EncodeToString(point[33:])
	head := `{"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC","crv":"P-256","x":"` + x + `","y":"` + y + `"}}`
	return &prover{key, b64.EncodeToString([]byte(head)) + "."}, nil
}

// header is the line with a proof for one request, beside an access token if it is
// not "".
func (p *prover) header(method, address, token string) (string, error) {
	claims := fmt.Sprintf(`{"jti":%q,"htm":%q,"htu":%q,"iat":%d`, rand.Text(), method, address, time.Now().Unix())
	if token != "" {
		sum := sha256.Sum256([]byte(token))
		claims += `,"ath":"` + b64.EncodeToString(sum[:]) + `"`
	}
	text := p.head + b64.EncodeToString([]byte(claims+"}"))
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, p.key, sum[:])
	if err != nil {
		return "", fmt.Errorf("prove a key: %w", err)
	}
	var sig [64]byte // RFC 7518 §3.4
	r.FillBytes(sig[:32])
	s.FillBytes(sig[32:])
	return "DPoP: " + text + "." + b64.EncodeToString(sig[:]) + "\r\n", nil
}
