package conformance_test

import (
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

var configModules = []module{
	{"oidcc-discovery-endpoint-verification", "the metadata and the keys behind jwks_uri", discoveryDocument, false},
}

// discoveryDocument is OpenID Connect Discovery §3 and §4 as the suite reads it.
func discoveryDocument(r *rp) {
	t := r.t
	doc := r.get(r.issuer()+"/.well-known/openid-configuration", "")
	if kind, _, err := mime.ParseMediaType(doc.header.Get("Content-Type")); doc.status != http.StatusOK || err != nil || kind != "application/json" {
		t.Errorf("discovery: %d %s", doc.status, doc.header.Get("Content-Type"))
	}
	if r.issuer() != r.provider.URL {
		t.Errorf("issuer is %s, found at %s", r.issuer(), r.provider.URL)
	}
	r.endpointsAreHTTPS()
	for name, want := range map[string]string{
		"response_types_supported": "code", "subject_types_supported": "public", "id_token_signing_alg_values_supported": "RS256",
		"request_object_signing_alg_values_supported": "RS256", "scopes_supported": "openid",
		"grant_types_supported": "authorization_code", "code_challenge_methods_supported": "S256", "claims_supported": "sub", "response_modes_supported": "form_post",
		"token_endpoint_auth_methods_supported": "client_secret_basic",
	} {
		if values := r.list(name); !slices.Contains(values, want) {
			t.Errorf("%s is %v and lacks %s", name, values, want)
		}
	}
	for _, scope := range r.list("scopes_supported") {
		if !shape.MatchString(scope) || strings.ContainsAny(scope, ` "\`) {
			t.Errorf("scopes_supported has %q", scope)
		}
	}
	if r.metadata["authorization_response_iss_parameter_supported"] != true {
		t.Error("authorization_response_iss_parameter_supported is not true")
	}
	for name, v := range r.metadata {
		if list, ok := v.([]any); v == nil || v == "" || ok && len(list) == 0 {
			t.Errorf("%s is there and empty", name)
		}
	}
	r.checkKeys()
}

// endpointsAreHTTPS also names what every plan needs.
func (r *rp) endpointsAreHTTPS() {
	r.t.Helper()
	required := []string{"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "issuer"}
	for name := range r.metadata {
		if !strings.HasSuffix(name, "_endpoint") && !slices.Contains(required, name) {
			continue
		}
		if u, err := url.Parse(r.endpoint(name)); err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
			r.t.Errorf("%s is %s", name, r.endpoint(name))
		}
	}
	for _, name := range required {
		r.endpoint(name)
	}
}

// checkKeys is the suite's ValidateJwksSequence: public keys that can be used,
// with kids of their own (RFC 7517 §4).
func (r *rp) checkKeys() {
	t := r.t
	t.Helper()
	raw := r.get(r.endpoint("jwks_uri"), "")
	for _, secret := range []string{`"d":`, `"p":`, `"q":`, `"k":`, `"oct"`} {
		if strings.Contains(raw.body, secret) {
			t.Errorf("a key has the private member %s", secret)
		}
	}
	kids, algs := map[string]bool{}, map[string]bool{}
	for _, k := range r.keys.Keys {
		if k.KeyID == "" || kids[k.KeyID] || k.Use != "sig" || !k.Valid() || !k.IsPublic() {
			t.Errorf("the key %q is not fit: use %q, valid %v", k.KeyID, k.Use, k.Valid())
		}
		kids[k.KeyID], algs[k.Algorithm] = true, true
	}
	for _, alg := range r.list("id_token_signing_alg_values_supported") {
		if !algs[alg] || alg == "none" {
			t.Errorf("no key for %s", alg)
		}
	}
}
