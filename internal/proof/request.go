package proof

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-jose/go-jose/v4/json"

	"idp/internal/idp"
)

// requestType is the typ of request objects (RFC 9101 §10.8); older ones say JWT
// or nothing.
const requestType = "oauth-authz-req+jwt"

// aboutItself are the members that speak of the object, not of the request.
var aboutItself = []string{"iss", "aud", "exp", "nbf", "iat", "jti", "sub"}

// RequestObject checks a signed authorization request (RFC 9101) and returns its
// parameters. What cannot be one, such as a list of scopes, is refused.
func RequestObject(text string, client *idp.Client, issuer string, now time.Time) (url.Values, error) {
	var members map[string]any
	header, err := verify(text, client, client.RequestAlgorithms(), &members)
	if err != nil {
		return nil, err
	}
	if !slices.Contains([]string{"", "jwt", requestType}, typ(header)) {
		return nil, errors.New("its typ must be " + requestType)
	}
	switch {
	case members["iss"] != client.ID || members["client_id"] != client.ID:
		return nil, errors.New("iss and client_id must both be the client_id")
	case !names(members["aud"], issuer):
		return nil, errors.New("aud must be the issuer: " + issuer)
	case members["sub"] == client.ID: // it could pass for a client assertion
		return nil, errors.New("sub must not be the client_id")
	case members["request"] != nil || members["request_uri"] != nil:
		return nil, errors.New("it must not contain another request")
	}
	t, err := timesOf(members)
	if err != nil {
		return nil, err
	}
	if t.NotBefore == nil { // FAPI 2.0 Message Signing §5.3.1 bounds the age of a request by it
		return nil, errors.New("nbf is missing")
	}
	if err := t.check(now); err != nil {
		return nil, err
	}
	return parameters(members)
}

// names reports whether an aud is, or contains, the issuer.
func names(audience any, issuer string) bool {
	if list, ok := audience.([]any); ok {
		return slices.Contains(list, any(issuer))
	}
	return audience == any(issuer)
}

func timesOf(members map[string]any) (t times, err error) {
	for name, into := range map[string]**float64{"exp": &t.Expires, "nbf": &t.NotBefore, "iat": &t.IssuedAt} {
		if members[name] == nil {
			continue
		}
		n, ok := members[name].(float64)
		if !ok {
			return t, errors.New(name + " must be a number")
		}
		*into = &n
	}
	return t, nil
}

// repeatable are the parameters that may stand in a form more than once (RFC 8707 §2).
// Members cannot, so there a list says the same.
var repeatable = []string{"resource"}

// maxRepeats is how often, as in a form.
const maxRepeats = 10

// parameters turns members into what a form would have said.
func parameters(members map[string]any) (url.Values, error) {
	out := url.Values{}
	for name, value := range members {
		if slices.Contains(aboutItself, name) {
			continue
		}
		list, repeated := value.([]any)
		if !repeated || !slices.Contains(repeatable, name) {
			list = []any{value}
		}
		if len(list) > maxRepeats {
			return nil, fmt.Errorf("its member %q is too long a list", name)
		}
		for _, v := range list {
			text, err := parameter(name, v)
			if err != nil {
				return nil, err
			}
			out.Add(name, text)
		}
	}
	return out, nil
}

// parameter is the text of one value.
func parameter(name string, value any) (text string, err error) {
	switch v := value.(type) {
	case string:
		text = v
	case float64:
		text = strconv.FormatFloat(v, 'f', -1, 64)
	case map[string]any: // claims
		raw, err := json.Marshal(v)
		if err != nil {
			return "", fmt.Errorf("its member %q: %w", name, err)
		}
		text = string(raw)
	default:
		return "", fmt.Errorf("its member %q must be a text", name)
	}
	if !clean(text) {
		return "", fmt.Errorf("its member %q contains characters that are not allowed", name)
	}
	return text, nil
}

// clean reports whether s is UTF-8 without control characters, as in a form.
func clean(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// Shape is how a request object that was not accepted wants to be answered. It
// is unverified: it may shape a refusal, never anything else.
type Shape struct {
	State        string `json:"state"`
	ResponseMode string `json:"response_mode"`
}

// ShapeOf reads the shape of any request object, signed or not.
func ShapeOf(text string) (s Shape) {
	parts := strings.Split(text, ".")
	if len(text) > maxBytes || len(parts) != 3 {
		return Shape{}
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(raw, &s) != nil || !clean(s.State) {
		return Shape{}
	}
	return s
}
