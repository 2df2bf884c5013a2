package inbox

import (
	"bytes"
	"mime"
	"net/mail"
	"strings"
)

// headerFields keeps the order, which the map of net/mail loses.
func headerFields(raw []byte) []Field {
	var fields []Field
	for line := range bytes.Lines(raw) {
		text := strings.TrimRight(string(line), "\r\n")
		if text == "" {
			break
		}
		if folded := text[0] == ' ' || text[0] == '\t'; folded && len(fields) > 0 {
			fields[len(fields)-1].Value += " " + strings.TrimSpace(text)
			continue
		}
		if name, value, found := strings.Cut(text, ":"); found {
			fields = append(fields, Field{name, strings.TrimSpace(value)})
		}
	}
	for i := range fields {
		fields[i].Value = decodeHeader(fields[i].Value)
	}
	return fields
}

// decodeHeader decodes the words of RFC 2047 and leaves what it cannot decode.
func decodeHeader(value string) string {
	var words mime.WordDecoder
	decoded, err := words.DecodeHeader(value)
	if err != nil {
		decoded = value
	}
	return strings.ToValidUTF8(decoded, "\uFFFD")
}

// parseAddresses shows a list it cannot parse as one name without an address:
// better odd than missing.
func parseAddresses(value string) []*mail.Address {
	if strings.TrimSpace(value) == "" {
		return nil
	}
	list, err := mail.ParseAddressList(value)
	if err != nil {
		return []*mail.Address{{Name: decodeHeader(value)}}
	}
	return list
}
