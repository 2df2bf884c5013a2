package account

import (
	"encoding/base64"
	"strings"

	"idp/internal/idp"
)

// pathID is a client's id as part of an address. One that is itself an address
// would not survive every proxy, so it is encoded; no other id begins with "~".
func pathID(id string) string {
	if !idp.IsDocumentID(id) {
		return id
	}
	return "~" + base64.RawURLEncoding.EncodeToString([]byte(id))
}

// clientID reverses pathID.
func clientID(path string) string {
	encoded, ok := strings.CutPrefix(path, "~")
	if !ok {
		return path
	}
	id, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return path
	}
	if _, err := idp.ParseDocumentID(string(id)); err != nil {
		return path // anything: bytes that are no text, too
	}
	return string(id)
}
