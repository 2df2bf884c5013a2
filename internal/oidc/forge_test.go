package oidc_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
)

// signedLike puts the signature of one token under another.
func signedLike(token, other string) string {
	return token[:strings.LastIndex(token, ".")] + other[strings.LastIndex(other, "."):]
}

// unsigned makes an unsecured JWS of a token (RFC 7515 §A.5).
func unsigned(token string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + strings.Split(token, ".")[1] + "."
}

// encodeSegment makes a part of a JWT.
func encodeSegment(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}
