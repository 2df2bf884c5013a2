package oidc

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// document is a JSON answer that is made once and served many times.
type document struct {
	body         []byte
	etag, length []string
}

var (
	jsonType      = []string{"application/json"}
	cacheFiveMins = []string{"public, max-age=300"}
	noStore       = []string{"no-store"}
	noCache       = []string{"no-cache"}
)

func newDocument(v any) document {
	body, err := json.Marshal(v)
	if err != nil {
		panic("oidc: a document is plain data: " + err.Error())
	}
	sum := sha256.Sum256(body)
	return document{body, []string{`"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`}, []string{strconv.Itoa(len(body))}}
}

// serve answers 304 to a caller that has the document already (RFC 9110 §13.1.2).
func (d document) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h["Content-Type"], h["Cache-Control"], h["Etag"] = jsonType, cacheFiveMins, d.etag
	if d.known(r.Header["If-None-Match"]) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Length"] = d.length
	w.Write(d.body)
}

// known reports whether the caller's If-None-Match names this document: one tag,
// a list, a weak tag, or anything (RFC 9110 §13.1.2).
func (d document) known(headers []string) bool {
	for _, h := range headers {
		for tag := range strings.SplitSeq(h, ",") {
			if tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/"); tag == d.etag[0] || tag == "*" {
				return true
			}
		}
	}
	return false
}

// writeJSON writes an answer that nobody may keep (RFC 6749 §5.1).
func writeJSON(w http.ResponseWriter, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	h := w.Header()
	h["Content-Type"], h["Cache-Control"], h["Pragma"] = jsonType, noStore, noCache
	w.WriteHeader(status)
	_, err = w.Write(body)
	return err
}
