package oidc_test

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"idp/internal/apptest"
)

const (
	pathOpenID = "/.well-known/openid-configuration"
	pathOAuth  = "/.well-known/oauth-authorization-server"
	pathJWKS   = "/jwks.json"
)

func TestDiscoveryIsTheSameAtBothPaths(t *testing.T) {
	p := one(t)
	a, b := p.Get(pathOpenID, ""), p.Get(pathOAuth, "")
	if a.Status != http.StatusOK || a.Body != b.Body || a.JSON == nil {
		t.Fatalf("%s\n%s", a, b)
	}
	for name, want := range map[string]any{
		"issuer":                                         p.URL,
		"response_types_supported":                       []any{"code"},
		"response_modes_supported":                       []any{"query", "form_post"},
		"grant_types_supported":                          []any{"authorization_code", "refresh_token", "client_credentials", deviceGrant, exchangeGrant},
		"code_challenge_methods_supported":               []any{"S256"},
		"subject_types_supported":                        []any{"public", "pairwise"},
		"id_token_signing_alg_values_supported":          []any{"RS256", "ES256", "EdDSA", "PS256"},
		"authorization_response_iss_parameter_supported": true,
		"request_uri_parameter_supported":                false, // its default is true
		"prompt_values_supported":                        []any{"none", "login", "consent", "select_account", "create"},
		"backchannel_logout_supported":                   true,
		"backchannel_logout_session_supported":           true,
		"frontchannel_logout_supported":                  true,
		"frontchannel_logout_session_supported":          true,
		"pushed_authorization_request_endpoint":          p.URL + "/oauth/par",
		"require_pushed_authorization_requests":          false,
		"request_parameter_supported":                    true,
		"request_object_signing_alg_values_supported":    []any{"RS256", "PS256", "ES256", "EdDSA", "Ed25519"}, // never none
		"require_signed_request_object":                  false,
		"dpop_signing_alg_values_supported":              []any{"PS256", "ES256", "EdDSA", "Ed25519"},
		"claims_parameter_supported":                     true,
	} {
		if got := a.JSON[name]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}

// Whatever the document names is there.
func TestDiscoveryNamesOnlyWhatIsServed(t *testing.T) {
	p := one(t)
	doc := p.Get(pathOpenID, "").JSON
	seen := 0
	for name, value := range doc {
		if !strings.HasSuffix(name, "_endpoint") && name != "jwks_uri" {
			continue
		}
		seen++
		address, _ := value.(string)
		if !strings.HasPrefix(address, p.URL+"/") {
			t.Errorf("%s is %v, not at the issuer", name, value)
		} else if r := p.Get(address, ""); r.Status == http.StatusNotFound || r.Status >= 500 {
			t.Errorf("%s: %s", name, r)
		}
	}
	if seen != 9 {
		t.Errorf("the document names %d endpoints, want 9", seen)
	}
}

func TestDocumentsAreCachedAndRevalidated(t *testing.T) {
	p := one(t)
	for _, path := range []string{pathOpenID, pathOAuth, pathJWKS} {
		full := p.Get(path, "")
		etag := full.Header.Get("ETag")
		if etag == "" || full.Header.Get("Cache-Control") != "public, max-age=300" || full.Header.Get("Content-Type") != "application/json" {
			t.Fatalf("%s: headers %v", path, full.Header)
		}
		if r := conditional(p, path, etag); r.Status != http.StatusNotModified || r.Body != "" || r.Header.Get("ETag") != etag {
			t.Errorf("%s revalidated: %s %v", path, r, r.Header)
		}
		if r := conditional(p, path, `"other"`); r.Status != http.StatusOK || r.Body != full.Body {
			t.Errorf("%s with another tag: %s", path, r)
		}
	}
}

// RFC 9110 §13.1.2: a caller may name several tags, or any; a proxy that
// compresses makes ours a weak one, and the comparison is weak.
func TestRevalidationKnowsListsAndWeakTags(t *testing.T) {
	p := one(t)
	for _, path := range []string{pathOpenID, pathJWKS} {
		etag := p.Get(path, "").Header.Get("ETag")
		for _, match := range []string{`"other", ` + etag, "W/" + etag, "*"} {
			if r := conditional(p, path, match); r.Status != http.StatusNotModified {
				t.Errorf("%s with If-None-Match %s: %d, want 304", path, match, r.Status)
			}
		}
	}
}

func conditional(p *apptest.Provider, path, match string) apptest.Reply {
	req := p.NewRequest(path, nil)
	req.Header.Set("If-None-Match", match)
	return p.Do(req)
}

func TestHeadIsGetWithoutBody(t *testing.T) {
	p := one(t)
	for _, path := range []string{pathOpenID, pathOAuth, pathJWKS, "/login", "/userinfo"} {
		get := p.Get(path, "")
		req := p.NewRequest(path, nil)
		req.Method = http.MethodHead
		head := p.Do(req)
		if head.Status != get.Status || head.Body != "" || head.Header.Get("Content-Type") != get.Header.Get("Content-Type") {
			t.Errorf("HEAD %s: %d %v, GET: %d", path, head.Status, head.Header, get.Status)
		}
	}
}

func TestJWKSHoldsOnlyPublicKeys(t *testing.T) {
	p := one(t)
	keys, _ := p.Get(pathJWKS, "").JSON["keys"].([]any)
	var algs, kids []string
	for _, k := range keys {
		key, _ := k.(map[string]any)
		for name := range key {
			if slices.Contains([]string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"}, name) {
				t.Errorf("a key has the private member %s", name)
			}
		}
		if key["use"] != "sig" {
			t.Errorf("use is %v", key["use"])
		}
		alg, _ := key["alg"].(string)
		kid, _ := key["kid"].(string)
		if kid == "" || slices.Contains(kids, kid) {
			t.Errorf("kid %q", kid)
		}
		algs, kids = append(algs, alg), append(kids, kid)
	}
	slices.Sort(algs)
	if !slices.Equal(algs, []string{"ES256", "EdDSA", "PS256", "RS256"}) {
		t.Errorf("algorithms %v", algs)
	}
}
