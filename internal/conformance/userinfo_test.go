package conformance_test

import (
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// userinfo asks by GET and checks the answer (OpenID Connect Core §5.3.2).
func (r *rp) userinfo(got tokens) map[string]any {
	r.t.Helper()
	return r.checkUserinfo(got, r.get(r.endpoint("userinfo_endpoint"), got.access))
}

func (r *rp) userinfoByPost(got tokens) map[string]any {
	r.t.Helper()
	req := r.newRequest(http.MethodPost, r.endpoint("userinfo_endpoint"), nil)
	req.Header.Set("Authorization", "Bearer "+got.access)
	return r.checkUserinfo(got, r.do(req))
}

func (r *rp) userinfoByBody(got tokens) map[string]any {
	r.t.Helper()
	fields := url.Values{"access_token": {got.access}}
	return r.checkUserinfo(got, r.do(r.newRequest(http.MethodPost, r.endpoint("userinfo_endpoint"), fields)))
}

func (r *rp) checkUserinfo(got tokens, answer reply) map[string]any {
	t := r.t
	t.Helper()
	if answer.status != http.StatusOK {
		t.Fatalf("userinfo: %s", answer)
	}
	if kind, _, err := mime.ParseMediaType(answer.header.Get("Content-Type")); err != nil || kind != "application/json" {
		t.Errorf("userinfo: Content-Type is %q", answer.header.Get("Content-Type"))
	}
	if answer.json["sub"] != got.sub() {
		t.Errorf("userinfo: sub is %v, in the ID token %q", answer.json["sub"], got.sub())
	}
	r.standardClaims(answer.json)
	return answer.json
}

// standardClaims is the suite's check of types (OpenID Connect Core §5.1): texts
// have content, and nothing is null.
func (r *rp) standardClaims(claims map[string]any) {
	t := r.t
	t.Helper()
	for _, name := range strings.Fields("sub name given_name family_name middle_name nickname preferred_username profile picture website email gender birthdate zoneinfo locale phone_number acr sid") {
		if v, given := claims[name]; given {
			if s, ok := v.(string); !ok || strings.TrimSpace(s) == "" || strings.EqualFold(s, "null") {
				t.Errorf("%s is %#v, want a text with content", name, v)
			}
		}
	}
	for _, name := range []string{"email_verified", "phone_number_verified"} {
		if v, given := claims[name]; given {
			if _, ok := v.(bool); !ok {
				t.Errorf("%s is %#v, want true or false", name, v)
			}
		}
	}
	if _, given := claims["updated_at"]; given {
		now := r.provider.Clock.Now()
		if at := r.moment(claims, "updated_at"); at.After(now) || at.Before(now.AddDate(-30, 0, 0)) {
			t.Errorf("updated_at is %s", at)
		}
	}
}

// hasExactly checks which claims about the person there are, beside sub.
func (r *rp) hasExactly(claims map[string]any, names ...string) {
	r.t.Helper()
	for name := range claims {
		if name != "sub" && !slices.Contains(names, name) {
			r.t.Errorf("the claim %s was not asked for", name)
		}
	}
	for _, name := range names {
		if _, given := claims[name]; !given {
			r.t.Errorf("the claim %s is missing in %v", name, claims)
		}
	}
}
