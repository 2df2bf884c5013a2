package proof

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"

	"idp/internal/idp"
)

// maxBytes bounds what is parsed at all: a request object with everything that
// an authorization request may carry, twice.
const maxBytes = 16 << 10

// parse reads a compact JWS without verifying anything but its algorithm.
func parse(text string, algorithms []idp.Algorithm) (*jose.JSONWebSignature, *jose.Header, error) {
	if len(text) > maxBytes {
		return nil, nil, errors.New("it is too long")
	}
	var accepted []jose.SignatureAlgorithm
	var words []string
	for _, a := range algorithms {
		accepted, words = append(accepted, jose.SignatureAlgorithm(a)), append(words, string(a))
	}
	jws, err := jose.ParseSignedCompact(text, accepted)
	if err != nil {
		return nil, nil, fmt.Errorf("it is not a JWT signed with %s: %w", strings.Join(words, " or "), err)
	}
	return jws, &jws.Signatures[0].Protected, nil
}

// typ is the media type that a header names, without application/ and in lower
// case, in which media types do not differ (RFC 7515 §4.1.9); "" if it names none.
func typ(h *jose.Header) string {
	t, _ := h.ExtraHeaders[jose.HeaderType].(string)
	t = strings.ToLower(t)
	if short := strings.TrimPrefix(t, "application/"); !strings.Contains(short, "/") {
		return short
	}
	return t
}

// verify reads the claims of a JWS that one of the client's keys signed. A key
// says which algorithms it is for; the header only helps to find it.
func verify(text string, client *idp.Client, algorithms []idp.Algorithm, into any) (*jose.Header, error) {
	jws, header, err := parse(text, algorithms)
	if err != nil {
		return nil, err
	}
	for _, k := range client.Keys {
		if !fits(k, header) {
			continue
		}
		public, err := k.Public()
		if err != nil {
			return nil, err
		}
		payload, err := jws.Verify(verifier(public, header))
		if err != nil {
			continue
		}
		return header, decode(payload, into)
	}
	return nil, errors.New("no key of this client signed it")
}

// fits reports whether a key may have made a signature, by what the header says.
func fits(k idp.ClientKey, header *jose.Header) bool {
	return k.For(idp.Algorithm(header.Algorithm)) && (header.KeyID == "" || k.ID == "" || k.ID == header.KeyID)
}

// Fits tells which keys may have signed the text: to look for a key that is not
// known yet. What cannot be read fits every key, and is refused in a moment.
func Fits(text string) func(idp.ClientKey) bool {
	_, header, err := parse(text, idp.RequestAlgorithms)
	return func(k idp.ClientKey) bool { return err != nil || fits(k, header) }
}

// decode reads a JSON object. The library's decoder refuses members given twice
// and knows upper from lower case, as RFC 7515 §4 and §10.12 want.
func decode(payload []byte, into any) error {
	if err := json.Unmarshal(payload, into); err != nil {
		return fmt.Errorf("its claims cannot be read: %w", err)
	}
	return nil
}
