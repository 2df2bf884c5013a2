package server

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"idp/web"
)

const (
	maxBody    = 64 << 10
	maxKeys    = 50
	maxCookies = 50
)

// filter bounds and checks what a request brings before anything looks at it:
// a repeated parameter is an error (RFC 6749 §3.1), and control characters or
// bytes that are no UTF-8 never reach a database.
func filter(w http.ResponseWriter, r *http.Request) error {
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	}
	if strings.Count(strings.Join(r.Header["Cookie"], ";"), ";") >= maxCookies {
		return badRequest("The request carries too many cookies.", nil)
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return badRequest("The query of the address is not well formed.", err)
	}
	if err := checkValues(query); err != nil {
		return err
	}
	if r.Method != http.MethodPost {
		r.Form = query
		return nil
	}
	if err := r.ParseForm(); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return &web.Problem{Status: http.StatusRequestEntityTooLarge, Title: "This is too large", Text: "The request is larger than this server accepts.", Cause: err}
		}
		return badRequest("The form is not well formed.", err)
	}
	return checkValues(r.Form)
}

func checkValues(values url.Values) error {
	if len(values) > maxKeys {
		return badRequest("The request has too many parameters.", nil)
	}
	for key, v := range values {
		if len(v) > 1 {
			return badRequest("The parameter "+printable(key)+" stands there more than once.", nil)
		}
		if !clean(key) || len(v) == 1 && !clean(v[0]) {
			return badRequest("The parameter "+printable(key)+" contains characters that are not allowed.", nil)
		}
	}
	return nil
}

// clean reports whether s is UTF-8 without control characters.
func clean(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if r < ' ' || r == 0x7f {
			return false
		}
	}
	return true
}

func printable(key string) string {
	key = key[:min(len(key), 40)]
	if !clean(key) {
		return "with an unreadable name"
	}
	return key
}

func badRequest(text string, cause error) error {
	return &web.Problem{Status: http.StatusBadRequest, Title: "This request cannot be read", Text: text, Cause: cause}
}
