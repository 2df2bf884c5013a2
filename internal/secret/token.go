package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
)

// redacted is what every accidental print of a secret shows.
const redacted = "[secret]"

// Token is a raw secret. Its zero value is empty. The text sits behind a
// pointer because fmt prints the unexported fields of an enclosing struct
// without asking their methods; a pointer prints as an address.
type Token struct{ text *string }

// NewToken returns 256 random bits as 43 base64url characters.
func NewToken() Token {
	var b [32]byte
	rand.Read(b[:])
	return TokenOf(base64.RawURLEncoding.EncodeToString(b[:]))
}

// TokenOf wraps a text that came from outside: a cookie, a form, a file.
func TokenOf(text string) Token { return Token{&text} }

// Reveal gives the raw text. Call it only where the secret leaves for its
// rightful holder.
func (t Token) Reveal() string {
	if t.text == nil {
		return ""
	}
	return *t.text
}

// IsZero reports whether there is no secret at all.
func (t Token) IsZero() bool { return t.Reveal() == "" }

// Format implements fmt.Formatter: whatever the verb, the secret stays hidden.
func (t Token) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// LogValue implements slog.LogValuer.
func (t Token) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText keeps the secret out of JSON, XML and everything built on them.
func (t Token) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Kind separates the hashes of different sorts of tokens: a session token can
// never be looked up as a link token.
type Kind string

// The kinds of tokens whose hashes are stored.
const (
	KindBrowser Kind = "browser"
	KindSession Kind = "session"
	KindLink    Kind = "link"
	KindClient  Kind = "client-secret"
	KindDevice  Kind = "device-code"
	KindNative  Kind = "native-challenge"

	KindAssertion Kind = "client-assertion"
	KindProof     Kind = "dpop-proof"
	KindPushed    Kind = "pushed-request"
	KindWork      Kind = "work"

	KindRegistration Kind = "registration" // initial and registration access tokens
)

// Hash is the stored form of a Token: 43 base64url characters of SHA-256.
type Hash string

// Hash returns the token's hash under kind, or "" for an empty token, so that a
// missing secret can never match a row.
func (t Token) Hash(kind Kind) Hash {
	if t.IsZero() {
		return ""
	}
	var room [128]byte // more than any of ours needs
	sum := sha256.Sum256(append(append(append(room[:0], kind...), 0), t.Reveal()...))
	return Hash(base64.RawURLEncoding.EncodeToString(sum[:]))
}
