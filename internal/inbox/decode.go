package inbox

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"strings"
)

// decodeTransfer undoes the Content-Transfer-Encoding of RFC 2045 §6. Content
// that breaks the rules of its encoding is returned as it is.
func decodeTransfer(raw []byte, encoding string) []byte {
	var decoder io.Reader
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		decoder = base64.NewDecoder(base64.StdEncoding, bytes.NewReader(raw))
	case "quoted-printable":
		decoder = quotedprintable.NewReader(bytes.NewReader(raw))
	default:
		return raw
	}
	decoded, err := io.ReadAll(decoder)
	if err != nil {
		return raw
	}
	return decoded
}

// toUTF8 knows UTF-8, its subset ASCII, and Latin-1. The provider sends
// nothing else; other text keeps its ASCII letters and is readable in part.
func toUTF8(content []byte, charset string) string {
	if strings.EqualFold(charset, "iso-8859-1") {
		runes := make([]rune, len(content))
		for i, b := range content {
			runes[i] = rune(b)
		}
		return string(runes)
	}
	return strings.ToValidUTF8(string(content), "\uFFFD")
}
