package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"idp/internal/secret"
)

// The headers of a message.
const (
	HeaderID        = "Webhook-Id"
	HeaderTimestamp = "Webhook-Timestamp"
	HeaderSignature = "Webhook-Signature"
)

// Tolerance is how far a message's time may be from ours.
const Tolerance = 5 * time.Minute

// ErrSignature says that a message is not from who knows the key, or not from
// now. It does not say which.
var ErrSignature = errors.New("webhook: no valid signature")

const (
	version   = "v1,"
	keyPrefix = "whsec_"
)

// Sign puts the three headers of a message into h.
func Sign(h http.Header, key secret.Token, id string, now time.Time, body []byte) {
	at := strconv.FormatInt(now.Unix(), 10)
	h.Set(HeaderID, id)
	h.Set(HeaderTimestamp, at)
	h.Set(HeaderSignature, version+base64.StdEncoding.EncodeToString(sum(key, id, at, body)))
}

// Verify reports whether the headers fit the body and the time. Every failure is
// ErrSignature.
func Verify(h http.Header, key secret.Token, now time.Time, body []byte) error {
	id, at := h.Get(HeaderID), h.Get(HeaderTimestamp)
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil || id == "" || key.IsZero() || now.Sub(time.Unix(seconds, 0)).Abs() > Tolerance {
		return ErrSignature
	}
	want := sum(key, id, at, body)
	for signature := range strings.FieldsSeq(h.Get(HeaderSignature)) {
		text, ok := strings.CutPrefix(signature, version)
		got, err := base64.StdEncoding.DecodeString(text)
		if ok && err == nil && hmac.Equal(got, want) {
			return nil
		}
	}
	return ErrSignature
}

func sum(key secret.Token, id, at string, body []byte) []byte {
	m := hmac.New(sha256.New, bytesOf(key))
	m.Write([]byte(id + "." + at + "."))
	m.Write(body)
	return m.Sum(nil)
}

func bytesOf(key secret.Token) []byte {
	text := key.Reveal()
	if coded, ok := strings.CutPrefix(text, keyPrefix); ok {
		if raw, err := base64.StdEncoding.DecodeString(coded); err == nil {
			return raw
		}
	}
	return []byte(text)
}
