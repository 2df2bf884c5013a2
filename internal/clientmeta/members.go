package clientmeta

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"
)

// Members are the members of a JSON object by their exact names: encoding/json
// would take "Client_ID" for "client_id" too.
type Members map[string]json.RawMessage

// Parse reads one JSON object. It refuses a name that stands there twice, because
// readers differ about which one counts.
func Parse(body []byte) (Members, *Fault) {
	bad := func() *Fault { return fault("", "the metadata must be one JSON object") }
	if !utf8.Valid(body) {
		return nil, bad()
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return nil, bad()
	}
	out := Members{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, bad()
		}
		key, _ := name.(string)
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return nil, bad()
		}
		if _, twice := out[key]; twice {
			return nil, fault(key, "stands there twice")
		}
		out[key] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, bad()
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, bad()
	}
	return out, nil
}

// Has reports whether the member is there, whatever it holds.
func (m Members) Has(name string) bool { _, ok := m[name]; return ok }

// Text is a member that holds a text; "" if it is not there.
func (m Members) Text(name string) (string, *Fault) {
	var s string
	if raw, ok := m[name]; ok && (json.Unmarshal(raw, &s) != nil || raw[0] != '"') {
		return "", fault(name, "must be a text")
	}
	return s, nil
}

// Bool is a member that holds true or false; false if it is not there.
func (m Members) Bool(name string) (bool, *Fault) {
	var b bool
	if raw, ok := m[name]; ok && (json.Unmarshal(raw, &b) != nil || raw[0] == 'n') {
		return false, fault(name, "must be true or false")
	}
	return b, nil
}

const maxList = 20

// List is a member that holds a list of texts; nil if it is not there.
func (m Members) List(name string) ([]string, *Fault) {
	var list []string
	if raw, ok := m[name]; ok && (json.Unmarshal(raw, &list) != nil || raw[0] != '[') {
		return nil, fault(name, "must be a list of texts")
	}
	if len(list) > maxList {
		return nil, fault(name, fmt.Sprintf("must have at most %d entries", maxList))
	}
	return list, nil
}
