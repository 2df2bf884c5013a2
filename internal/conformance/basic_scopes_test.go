package conformance_test

import (
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"
)

func scopeProfile(r *rp) {
	got := r.login(basic, "scope", "openid profile")
	r.hasExactly(r.userinfo(got), "name", "updated_at")
}

func scopeEmail(r *rp) {
	r.emailOf(r.login(basic, "scope", "openid email"))
}

// emailOf checks what the scope email gives (OpenID Connect Core §5.4).
func (r *rp) emailOf(got tokens) {
	r.t.Helper()
	info := r.userinfo(got)
	r.hasExactly(info, "email", "email_verified")
	if info["email"] != r.email || info["email_verified"] != true {
		r.t.Errorf("userinfo is %v, want %s, verified", info, r.email)
	}
}

// unsupportedScope is skipped by the suite if the metadata lack the scope. Here a
// request for it is made too: it is left out of the answer (RFC 6749 §3.3).
func unsupportedScope(scope string) func(*rp) {
	return func(r *rp) {
		if slices.Contains(r.list("scopes_supported"), scope) {
			r.t.Fatalf("scopes_supported has %s, so the suite runs this module", scope)
		}
		r.hasExactly(r.userinfo(r.granted("openid "+scope, "openid")))
	}
}

func scopeAll(r *rp) {
	got := r.granted("openid profile email address phone", "email openid profile")
	r.hasExactly(r.userinfo(got), "name", "updated_at", "email", "email_verified")
}

// granted signs in and checks the scopes of the answer, in the order of the
// alphabet.
func (r *rp) granted(asked, want string) tokens {
	r.t.Helper()
	q := r.request(basic, "scope", asked)
	r.authorize(q)
	answer := r.do(r.authenticated(basic, r.endpoint("token_endpoint"), codeFields(q, r.code(q))))
	got := r.checkTokens(basic, answer)
	r.checkIDToken(&got, q.Get("nonce"))
	scopes := strings.Fields(r.text(answer, "scope"))
	sort.Strings(scopes)
	if have := strings.Join(scopes, " "); have != want {
		r.t.Errorf("scope is %q, want %q", have, want)
	}
	return got
}

// alternateFlow sends scopes and parameters in another order.
func alternateFlow(r *rp) {
	q := r.request(basic, "scope", "email openid")
	var names, pairs []string
	for name := range q {
		names = append(names, name)
	}
	sort.Sort(sort.Reverse(sort.StringSlice(names)))
	for _, name := range names {
		pairs = append(pairs, name+"="+url.QueryEscape(q.Get(name)))
	}
	r.visit(r.endpoint("authorization_endpoint") + "?" + strings.Join(pairs, "&"))
	r.emailOf(r.complete(basic, q))
}

// claimsEssential asks for one claim by name (OpenID Connect Core §5.5). It comes
// where it was asked for, and not in the ID token.
func claimsEssential(r *rp) {
	if r.metadata["claims_parameter_supported"] != true {
		r.t.Error("claims_parameter_supported is not said")
	}
	r.hasExactly(r.userinfo(r.login(basic, "claims", `{"userinfo":{"name":{"essential":true}}}`)), "name")
}

func acrValues(r *rp) {
	asked := r.list("acr_values_supported")
	got := r.login(basic, "acr_values", strings.Join(asked, " "))
	if acr, _ := got.claims["acr"].(string); !slices.Contains(asked, acr) {
		r.t.Errorf("acr is %v, want one of %v", got.claims["acr"], asked)
	}
}

// postRequest: the authorization endpoint takes a form (OpenID Connect Core
// §3.1.2.1).
func postRequest(r *rp) {
	q := r.request(basic)
	r.agent.post(r.endpoint("authorization_endpoint"), q)
	r.act()
	r.complete(basic, q)
	if r.agent.page.status >= http.StatusBadRequest {
		r.t.Error("the post ended on an error")
	}
}
