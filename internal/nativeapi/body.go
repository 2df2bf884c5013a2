package nativeapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxBody  = 4 << 10
	maxDepth = 8
)

// names are the members that mean something. Others are ignored.
var names = map[string]bool{"email": true, "app_id": true, "token": true, "code": true, "challenge": true, "device": true}

// members are those of a body: texts without control characters.
type members map[string]string

// read reads the JSON object of a call.
func read(w http.ResponseWriter, r *http.Request) (members, error) {
	if r.URL.RawQuery != "" {
		return nil, malformed("parameters belong in the body, not in the address")
	}
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
		return nil, &refusal{status: http.StatusUnsupportedMediaType, code: "unsupported media type", text: "the content type must be application/json"}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, &refusal{status: http.StatusRequestEntityTooLarge, code: "too large", text: "the body must not be longer than 4 KB", cause: err}
	case err != nil:
		return nil, malformed("the body cannot be read")
	case !utf8.Valid(body):
		return nil, malformed("the body must be UTF-8")
	}
	return parse(body)
}

// parse is json.Unmarshal, but a member that stands there twice is an error, and
// names are compared as they are written.
func parse(body []byte) (members, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, malformed("the body must be a JSON object")
	}
	out, seen := members{}, map[string]bool{}
	for d.More() {
		name, err := text(d)
		if err != nil {
			return nil, err
		}
		if seen[name] {
			return nil, malformed("a member of the body stands there twice")
		}
		seen[name] = true
		if !names[name] {
			if err := skip(d); err != nil {
				return nil, err
			}
			continue
		}
		if out[name], err = text(d); err != nil {
			return nil, malformed(name + " must be a text without control characters")
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, malformed("the body is not well-formed JSON")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, malformed("something stands behind the JSON object")
	}
	return out, nil
}

func text(d *json.Decoder) (string, error) {
	t, err := d.Token()
	s, isText := t.(string)
	if err != nil || !isText || strings.ContainsFunc(s, unicode.IsControl) {
		return "", malformed("the body is not well-formed JSON")
	}
	return s, nil
}

// skip passes over one value.
func skip(d *json.Decoder) error {
	for depth := 0; ; {
		t, err := d.Token()
		if err != nil {
			return malformed("the body is not well-formed JSON")
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth > maxDepth {
			return malformed("the body is nested too deeply")
		}
		if depth == 0 {
			return nil
		}
	}
}
