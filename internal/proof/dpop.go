package proof

import (
	"crypto"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"idp/internal/idp"
	"idp/internal/secret"
)

const (
	dpopType = "dpop+jwt"
	// dpopAge is how far a proof's iat may be from now, to either side. A proof is
	// remembered until it is too old by itself.
	dpopAge = 60 * time.Second
)

// Call is the request that a DPoP proof must be for.
type Call struct {
	Method string
	URL    string // of the endpoint, without a query
	Token  string // the access token beside it; "" where there is none
}

// Possession is what a DPoP proof shows: who sent the call holds the key.
type Possession struct {
	KeyHash string // thumbprint of the key (RFC 7638), base64url of SHA-256
	Nonce   string // that the proof brings back (RFC 9449 §8); whether it is ours is not looked at
	Once    idp.Once
}

// DPoP checks a proof (RFC 9449 §4.3). The key comes with it; what it is good for
// is decided by whom the tokens were bound to.
func DPoP(text string, call Call, now time.Time) (Possession, error) {
	jws, header, err := parse(text, idp.SigningAlgorithms)
	if err != nil {
		return Possession{}, err
	}
	if typ(header) != dpopType {
		return Possession{}, errors.New("its typ must be " + dpopType)
	}
	key := header.JSONWebKey
	if key == nil {
		return Possession{}, errors.New("jwk is missing in its header")
	}
	alg, err := keyAlgorithm(key)
	if fit := (idp.ClientKey{Algorithm: alg}); err != nil || !fit.For(idp.Algorithm(header.Algorithm)) {
		return Possession{}, errors.New("its jwk must be a public key for its alg")
	}
	payload, err := jws.Verify(verifier(key.Key, header))
	if err != nil {
		return Possession{}, errors.New("its signature does not fit its key")
	}
	return possession(payload, key, call, now)
}

func possession(payload []byte, key *jose.JSONWebKey, call Call, now time.Time) (Possession, error) {
	var claims struct {
		times
		ID        string `json:"jti"`
		Method    string `json:"htm"`
		URL       string `json:"htu"`
		TokenHash string `json:"ath"`
		Nonce     string `json:"nonce"`
	}
	if err := decode(payload, &claims); err != nil {
		return Possession{}, err
	}
	switch {
	case claims.ID == "" || len(claims.ID) > maxID:
		return Possession{}, errors.New("jti is missing or too long")
	case claims.Method != call.Method:
		return Possession{}, errors.New("htm is not the method of this request")
	case !sameURL(claims.URL, call.URL):
		return Possession{}, errors.New("htu is not the address of this request")
	case call.Token != "" && subtle.ConstantTimeCompare([]byte(claims.TokenHash), []byte(tokenHash(call.Token))) != 1:
		return Possession{}, errors.New("ath is not the hash of the access token")
	}
	if err := claims.fresh(now); err != nil {
		return Possession{}, err
	}
	sum, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		return Possession{}, err
	}
	hash := base64.RawURLEncoding.EncodeToString(sum)
	// The jti is the key holder's own, so it counts with the key.
	return Possession{hash, claims.Nonce, idp.Once{
		Hash: once(secret.KindProof, hash, claims.ID), Expires: now.Add(2 * dpopAge), Earliest: claims.earliest(dpopAge),
	}}, nil
}

// fresh wants an iat of now. Proofs may carry an end and a beginning too.
func (t *times) fresh(now time.Time) error {
	switch {
	case t.IssuedAt == nil:
		return errors.New("iat is missing")
	case *t.IssuedAt < seconds(now.Add(-dpopAge)), *t.IssuedAt > seconds(now.Add(dpopAge)):
		return clockError("iat is too far from now")
	case t.Expires != nil && *t.Expires < seconds(now.Add(-skew)):
		return clockError("it has expired")
	case t.NotBefore != nil && *t.NotBefore > seconds(now.Add(skew)):
		return clockError("nbf is in the future")
	}
	return nil
}

func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// sameURL compares after the normalisation that RFC 9449 §4.3 asks for: query and
// fragment do not count, nor the case of scheme and host, nor a default port.
func sameURL(sent, own string) bool {
	a, okA := normal(sent)
	b, okB := normal(own)
	return okA && okB && a == b
}

func normal(text string) (string, bool) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil {
		return "", false
	}
	scheme, host, path := strings.ToLower(u.Scheme), strings.ToLower(u.Host), u.EscapedPath()
	if port := map[string]string{"https": ":443", "http": ":80"}[scheme]; port != "" {
		host = strings.TrimSuffix(host, port)
	}
	if path == "" {
		path = "/"
	}
	return scheme + "://" + host + path, true
}
