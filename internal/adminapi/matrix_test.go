package adminapi_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/audit"
)

// Threat: somebody who reaches the listener but may not administer: without a token,
// with one of another kind, application or person, or with one that is over. Every
// route refuses each of them, before it reads anything.
func TestAuthorizationMatrix(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	expired := person(p, ops, root, "openid admin")
	spent := machine(p, robot, "admin")
	p.Clock.Advance(2 * time.Hour)
	request := apptest.Offline(ops).With("scope", "openid offline_access admin")
	reply := p.Browser().Tokens(request, root)
	full := person(p, ops, root, "openid admin")
	revoked := person(p, ops, root, "openid admin")
	p.Revoke(ops, revoked)
	left := person(p, ops, "leaver@example.com", "openid admin")
	gone := user(t, p, "leaver@example.com")
	if err := p.App.Store.DisableUser(t.Context(), gone, p.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	callers := []struct {
		name, token string
		headers     []string
		status      int
		why         string
	}{
		{"no token", "", nil, 401, "no_token"},
		{"a wrong token", "at_AAAA", nil, 401, "invalid_token"},
		{"a cut token", full[:len(full)-1], nil, 401, "invalid_token"},
		{"an ID token", reply.ID(), nil, 401, "invalid_token"},
		{"a refresh token", reply.Refresh(), nil, 401, "invalid_token"},
		{"a signed token", person(p, apptest.JWT, root, "openid"), nil, 401, "invalid_token"},
		{"an expired token", expired, nil, 401, "expired_token"},
		{"an expired token of a machine", spent, nil, 401, "expired_token"},
		{"a revoked token", revoked, nil, 401, "invalid_token"},
		{"the token of a disabled person", left, nil, 401, "invalid_token"},
		{"the right token in a cookie", "", []string{"Cookie", "access_token=" + full + "; __Host-console=" + full}, 401, "no_token"},
		{"the right token under another scheme", "", []string{"Authorization", "Basic " + full}, 401, "no_token"},
		{"a token without the scope", person(p, ops, root, "openid"), nil, 403, "no_scope"},
		{"a machine's token without the scope", machine(p, robot, "other"), nil, 403, "no_scope"},
		{"a person outside of the group", person(p, ops, "ada@example.com", "openid admin"), nil, 403, "not_in_group"},
		{"another application", person(p, strange, root, "openid admin"), nil, 403, "wrong_client"},
	}
	for _, op := range operations(t, p) {
		for _, c := range callers {
			a := ask(t, p, op.method, op.at("nobody"), c.token, "", c.headers...)
			if a.StatusCode != c.status || !strings.Contains(a.body, `"urn:idp:problem:`+c.why+`"`) || !strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "Bearer ") {
				t.Errorf("%s with %s: %s", op, c.name, a)
			}
		}
		for name, token := range map[string]string{"person": full, "machine": machine(p, robot, "admin")} {
			if a := ask(t, p, op.method, op.at("nobody"), token, ""); a.StatusCode == http.StatusUnauthorized || a.StatusCode == http.StatusForbidden || a.StatusCode >= 500 {
				t.Errorf("%s with the right token of a %s: %s", op, name, a)
			}
		}
	}
	// Whoever leaves the group is out with the next request.
	if a := ask(t, p, "GET", "/api/v1/health", full, ""); a.StatusCode != http.StatusOK {
		t.Error(a)
	}
	if err := p.App.WriteAudit(t.Context()); err != nil {
		t.Fatal(err)
	}
	seen, err := p.App.Store.Events(t.Context(), audit.Query{Name: string(audit.AdminRefused), Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	results := map[string]bool{}
	for _, e := range seen {
		results[e.Result] = true
	}
	for _, c := range callers {
		if !results[c.why] {
			t.Errorf("%s is not in the audit log: %v", c.why, results)
		}
	}
}

// The group is asked for with every request, not when the token is made.
func TestLeavingTheGroup(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	eve := user(t, p, "eve@example.com")
	token := person(p, ops, "eve@example.com", "openid admin")
	boss := person(p, ops, root, "openid admin")
	for _, step := range []struct {
		groups string
		status int
	}{{`{"groups":["admins"]}`, 200}, {`{"groups":["others"]}`, 403}, {`{"groups":["admins","others"]}`, 200}, {`{"groups":[]}`, 403}} {
		if a := ask(t, p, "PUT", "/api/v1/users/"+eve+"/groups", boss, step.groups); a.StatusCode != http.StatusOK {
			t.Fatal(a)
		}
		if a := ask(t, p, "GET", "/api/v1/users", token, ""); a.StatusCode != step.status {
			t.Errorf("in %s: %s", step.groups, a)
		}
	}
}
