package conformance_test

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
)

func responseTypeMissing(r *rp) {
	q := r.request(basic)
	q.Del("response_type")
	r.authorize(q)
	r.refused(q, "unsupported_response_type", "invalid_request")
}

func unregisteredRedirect(r *rp) {
	r.authorize(r.request(basic, "redirect_uri", callback+"/"+rand.Text()[:10]))
	r.stays(http.StatusBadRequest)
}

// requestObject sends what the suite sends: all parameters in an unsigned request
// object, and beside it only those that OAuth wants there. State and mode of the
// answer are those of the object. The suite skips the module if the metadata say
// that only signed ones are read.
func requestObject(r *rp) {
	if slices.Contains(r.list("request_object_signing_alg_values_supported"), "none") {
		r.t.Error("unsigned request objects are said to be supported")
	}
	q := r.request(basic)
	r.authorize(beside(q, url.Values{"redirect_uri": {callback}}))
	r.refused(q, "request_not_supported", "invalid_request_object")
}

// requestObjectRedirect: nothing may be sent to the registered address, because
// that is not the one outside the object, nor to the other.
func requestObjectRedirect(r *rp) {
	r.authorize(beside(r.request(basic), url.Values{"redirect_uri": {callback + "/" + rand.Text()[:10]}}))
	r.stays(http.StatusBadRequest)
}

// beside puts a request into an unsecured request object (OpenID Connect Core
// §6.1) and returns what goes over the wire.
func beside(q, outside url.Values) url.Values {
	claims := map[string]string{}
	for name := range q {
		claims[name] = q.Get(name)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		panic(err) // texts always become JSON
	}
	part := base64.RawURLEncoding.EncodeToString
	out := url.Values{"client_id": {q.Get("client_id")}, "response_type": {"code"}, "scope": {q.Get("scope")}}
	for name, values := range outside {
		out[name] = values
	}
	out.Set("request", part([]byte(`{"alg":"none"}`))+"."+part(payload)+".")
	return out
}
