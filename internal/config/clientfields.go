package config

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"idp/internal/idp"
)

// FieldChange is one key of a client that reads differently. An empty text is a
// key that is not there. Secrets and keys are only counted.
type FieldChange struct {
	Key string `json:"key"`
	Old string `json:"old"`
	New string `json:"new"`
}

// ClientChanges compares two forms of a client under the keys of the YAML.
func ClientChanges(old, now idp.Client) []FieldChange {
	before, after := clientFields(old), clientFields(now)
	var out []FieldChange
	for _, key := range slices.Sorted(maps.Keys(union(before, after))) {
		a, b := before[key], after[key]
		if a.raw == b.raw {
			continue
		}
		if b.text == a.text { // counted alike
			b.text += ", others"
		}
		out = append(out, FieldChange{key, a.text, b.text})
	}
	return out
}

func union(a, b map[string]field) map[string]field {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

// field is one key of a client: as it is stored and as people read it.
type field struct{ raw, text string }

// clientFields are the keys of a client as they stand in the YAML, defaults
// included.
func clientFields(c idp.Client) map[string]field {
	raw, _ := json.Marshal(c) // lists and texts: it cannot fail
	stored := map[string]json.RawMessage{}
	_ = json.Unmarshal(raw, &stored) // of what was just marshalled
	out := make(map[string]field, len(stored))
	for name, value := range stored {
		key, text := name, inYAML(value)
		if word, ok := storedFields[name]; ok {
			key = word.key
			text = word.say(c, text)
		}
		if strings.HasSuffix(key, "_ttl") || key == "max_session_age" {
			var span time.Duration
			_ = json.Unmarshal(value, &span) // likewise
			text = Duration(span).String()
		}
		if key != "id" && key != "" {
			out[key] = field{string(value), text}
		}
	}
	return out
}

// storedFields are those fields whose key in the YAML is another one, or whose value
// is not shown as it is.
var storedFields = map[string]struct {
	key string
	say func(c idp.Client, text string) string
}{
	"native":           {"type", always("native")},
	"secret_hashes":    {"secrets", func(c idp.Client, _ string) string { return idp.Count(len(c.SecretHashes), "secret") }},
	"keys":             {"jwks", func(c idp.Client, _ string) string { return idp.Count(len(c.Keys), "key") }},
	"pkce_optional":    {"pkce", always("optional")},
	"require_dpop":     {"dpop", always("required")},
	"dpop_nonce":       {"dpop_nonce", always("required")},
	"minimal_id_token": {"id_token_claims", always("minimal")},
	"request_alg":      {"request_object_signing_alg", same},
	"userinfo_alg":     {"userinfo_signed_response_alg", same},
	"sector":           {"sector_identifier", same},
	"exchange_from":    {"token_exchange.from", same},
	"stranger":         {"", same},
}

func always(text string) func(idp.Client, string) string {
	return func(idp.Client, string) string { return text }
}

func same(_ idp.Client, text string) string { return text }

// inYAML writes a stored value as short YAML: JSON is YAML, but for quotes that
// nobody needs.
func inYAML(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	var list []string
	if json.Unmarshal(value, &list) == nil {
		return "[" + strings.Join(list, ", ") + "]"
	}
	return string(value)
}
