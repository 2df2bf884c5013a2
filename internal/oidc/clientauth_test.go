package oidc_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"idp/internal/apptest"
)

// attempt is one way to present a client at the token endpoint.
type attempt struct {
	basicID, basicSecret string
	header               string // Authorization, instead of the two
	form                 url.Values
	query                string
	method, contentType  string
	body                 string // instead of form
}

func (a attempt) request(p *apptest.Provider, path string, base url.Values) *http.Request {
	form := url.Values{}
	for name, v := range base {
		form[name] = v
	}
	for name, v := range a.form {
		form[name] = v
	}
	req := p.NewRequest(path+a.query, form)
	if a.body != "" {
		req, _ = http.NewRequestWithContext(req.Context(), req.Method, req.URL.String(), strings.NewReader(a.body)) // the address was good before
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if a.method != "" {
		req.Method = a.method
	}
	if a.contentType != "" {
		req.Header.Set("Content-Type", a.contentType)
	}
	switch {
	case a.header != "":
		req.Header.Set("Authorization", a.header)
	case a.basicID != "":
		apptest.SetBasic(req, a.basicID, a.basicSecret)
	}
	return req
}

func inForm(id, secret string) url.Values {
	return url.Values{"client_id": {id}, "client_secret": {secret}}
}

func onlyID(id string) url.Values { return url.Values{"client_id": {id}} }

// clientAttempt is an attempt of a client and what becomes of it.
type clientAttempt struct {
	what   string
	client apptest.Client
	try    attempt
	fault  string // "" is success
}

func clientAttempts(p *apptest.Provider) []clientAttempt {
	web, basic, post, spa := apptest.Web, apptest.Basic, apptest.Post, apptest.Spa
	const bad, wrong = "invalid_request", "invalid_client"
	return []clientAttempt{
		{"basic", web, attempt{basicID: web.ID, basicSecret: web.Secret}, ""},
		{"post", web, attempt{form: inForm(web.ID, web.Secret)}, ""},
		{"basic and the same client_id", web, attempt{basicID: web.ID, basicSecret: web.Secret, form: onlyID(web.ID)}, ""},
		{"scheme in lower case", web, attempt{header: strings.Replace(basicHeader(p, web), "Basic", "basic", 1)}, ""},
		{"both at once", web, attempt{basicID: web.ID, basicSecret: web.Secret, form: inForm(web.ID, web.Secret)}, bad},
		{"basic and another client_id", web, attempt{basicID: web.ID, basicSecret: web.Secret, form: onlyID("other")}, bad},
		{"nothing", web, attempt{}, wrong},
		{"no secret", web, attempt{form: onlyID(web.ID)}, wrong},
		{"empty secret", web, attempt{form: inForm(web.ID, "")}, wrong},
		{"empty basic secret", web, attempt{basicID: web.ID}, wrong},
		{"wrong secret", web, attempt{basicID: web.ID, basicSecret: web.Secret + "x"}, wrong},
		{"wrong secret by post", web, attempt{form: inForm(web.ID, web.Secret[1:])}, wrong},
		{"another client's secret", web, attempt{basicID: web.ID, basicSecret: apptest.Other.Secret}, wrong},
		{"secret not encoded", web, attempt{header: plainBasic(p, web)}, wrong},
		{"unknown client", web, attempt{basicID: "nobody", basicSecret: web.Secret}, wrong},
		{"bearer", web, attempt{header: "Bearer " + web.Secret}, wrong},
		{"basic of garbage", web, attempt{header: "Basic !!!"}, wrong},
		{"basic without colon", web, attempt{header: "Basic d2Vi"}, wrong},
		{"assertion", web, attempt{form: url.Values{"client_id": {web.ID}, "client_assertion": {"e30.e30."}, "client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}}}, wrong},
		{"assertion and secret", web, attempt{basicID: web.ID, basicSecret: web.Secret, form: url.Values{"client_assertion": {"x"}}}, bad},
		{"secret in the query", web, attempt{query: "?" + inForm(web.ID, web.Secret).Encode()}, bad},
		{"anything in the query", web, attempt{basicID: web.ID, basicSecret: web.Secret, query: "?x=1"}, bad},
		{"secret twice", web, attempt{body: "grant_type=authorization_code&client_id=web&client_secret=a&client_secret=b"}, bad},
		{"JSON", web, attempt{basicID: web.ID, basicSecret: web.Secret, contentType: "application/json"}, bad},
		{"multipart", web, attempt{basicID: web.ID, basicSecret: web.Secret, contentType: "multipart/form-data; boundary=x"}, bad},
		{"text", web, attempt{basicID: web.ID, basicSecret: web.Secret, contentType: "text/plain"}, bad},
		{"pinned to basic", basic, attempt{basicID: basic.ID, basicSecret: basic.Secret}, ""},
		{"pinned to basic, by post", basic, attempt{form: inForm(basic.ID, basic.Secret)}, wrong},
		{"pinned to post", post, attempt{form: inForm(post.ID, post.Secret)}, ""},
		{"pinned to post, next secret", post, attempt{form: inForm(post.ID, apptest.PostNextSecret)}, ""},
		{"pinned to post, by basic", post, attempt{basicID: post.ID, basicSecret: post.Secret}, wrong},
		{"public", spa, attempt{form: onlyID(spa.ID)}, ""},
		{"public with empty secret", spa, attempt{form: inForm(spa.ID, "")}, ""},
		{"public with a secret", spa, attempt{form: inForm(spa.ID, "a secret")}, wrong},
		{"public by basic", spa, attempt{basicID: spa.ID}, wrong},
		{"public with charset", spa, attempt{form: onlyID(spa.ID), contentType: "application/x-www-form-urlencoded; charset=UTF-8"}, ""},
	}
}

// Exactly one method, at the place it belongs, with the right secret (RFC 6749
// §2.3). The code stays good through all of it: a stranger cannot spend it.
func TestClientAuthentication(t *testing.T) {
	p := one(t)
	for _, c := range clientAttempts(p) {
		r := apptest.NewRequest(c.client)
		code := p.Browser().SignIn(r, ada).Code()
		reply := p.Do(c.try.request(p, "/oauth/token", r.CodeForm(code)))
		if c.fault == "" {
			granted(t, c.what, reply)
			continue
		}
		status := map[string]int{"invalid_request": http.StatusBadRequest, "invalid_client": http.StatusUnauthorized}[c.fault]
		refused(t, c.what, reply, status, c.fault)
		if status == http.StatusUnauthorized && !strings.HasPrefix(reply.Header.Get("WWW-Authenticate"), "Basic ") { // RFC 6749 §5.2
			t.Errorf("%s: no WWW-Authenticate", c.what)
		}
		if strings.Contains(reply.Body, "secret of it") {
			t.Errorf("%s: the answer repeats the secret", c.what)
		}
		granted(t, c.what+", and then the right client", p.Redeem(r, code))
	}
}

// A program that tries one way after the other logs what the last try got: of a wrong
// secret it hears so both times, of a wrong way only with the right secret.
func TestAWrongSecretIsNamedBeforeTheWay(t *testing.T) {
	p := one(t)
	basic, post := apptest.Basic, apptest.Post
	for what, c := range map[string]struct {
		try  attempt
		says string
	}{
		"wrong, by basic":                 {attempt{basicID: basic.ID, basicSecret: "x"}, "unknown client or wrong secret"},
		"wrong, by post instead of basic": {attempt{form: inForm(basic.ID, "x")}, "unknown client or wrong secret"},
		"wrong, by basic instead of post": {attempt{basicID: post.ID, basicSecret: "x"}, "unknown client or wrong secret"},
		"right, by post instead of basic": {attempt{form: inForm(basic.ID, basic.Secret)}, "this client must authenticate with client_secret_basic"},
		"right, by basic instead of post": {attempt{basicID: post.ID, basicSecret: post.Secret}, "this client must authenticate with client_secret_post"},
	} {
		reply := p.Do(c.try.request(p, "/oauth/token", url.Values{"grant_type": {"authorization_code"}, "code": {"x"}}))
		refused(t, what, reply, http.StatusUnauthorized, "invalid_client")
		if got := reply.JSON["error_description"]; got != c.says {
			t.Errorf("%s: %q, want %q", what, got, c.says)
		}
		// Clients that give up at the challenge show it and nothing else.
		if got := reply.Header.Get("WWW-Authenticate"); !strings.HasSuffix(got, `, error="invalid_client", error_description="`+c.says+`"`) {
			t.Errorf("%s: the challenge %s does not say why", what, got)
		}
	}
}

func basicHeader(p *apptest.Provider, c apptest.Client) string {
	req := p.NewRequest("/", nil)
	apptest.SetBasic(req, c.ID, c.Secret)
	return req.Header.Get("Authorization")
}

func plainBasic(p *apptest.Provider, c apptest.Client) string {
	req := p.NewRequest("/", nil)
	req.SetBasicAuth(c.ID, c.Secret)
	return req.Header.Get("Authorization")
}

// The endpoints that take secrets take them by POST only, and say so.
func TestTokenEndpointsArePostOnly(t *testing.T) {
	p := one(t)
	for _, path := range []string{"/oauth/token", "/oauth/introspect", "/oauth/revoke"} {
		for _, method := range []string{"GET", "HEAD", "PUT", "PATCH", "DELETE"} {
			reply := p.Do(attempt{basicID: apptest.Web.ID, basicSecret: apptest.Web.Secret, method: method}.request(p, path, url.Values{"token": {"x"}}))
			if reply.Status != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %s", method, path, reply)
			}
		}
	}
}

// RFC 9110 §15.5.6: a 405 names the methods that would do.
func TestMethodNotAllowedNamesTheOthers(t *testing.T) {
	p := one(t)
	for path, want := range map[string][]string{"/oauth/token": {"POST"}, "/jwks.json": {"GET", "HEAD"}, "/logout": {"POST"}} {
		req := p.NewRequest(path, nil)
		req.Method = http.MethodPut
		allow := p.Do(req).Header.Get("Allow")
		for _, method := range want {
			if !strings.Contains(allow, method) {
				t.Errorf("PUT %s: Allow is %q, want %v", path, allow, want)
			}
		}
	}
}

// A client of the three endpoints is proven before anything is said about a
// token, and a public client cannot introspect.
func TestEndpointsThatNeedAClient(t *testing.T) {
	p := one(t)
	tokens := p.Browser().Tokens(apptest.NewRequest(apptest.Web), ada)
	for _, path := range []string{"/oauth/introspect", "/oauth/revoke"} {
		form := url.Values{"token": {tokens.Access()}}
		refused(t, path+" by nobody", p.Do(attempt{}.request(p, path, form)), 401, "invalid_client")
		refused(t, path+" with a wrong secret", p.Do(attempt{basicID: "web", basicSecret: "x"}.request(p, path, form)), 401, "invalid_client")
		refused(t, path+" without a secret", p.Do(attempt{form: onlyID("web")}.request(p, path, form)), 401, "invalid_client")
		refused(t, path+" in the query", p.Do(attempt{query: "?token=x", basicID: "web", basicSecret: apptest.Web.Secret}.request(p, path, nil)), 400, "invalid_request")
		refused(t, path+" without a token", p.Post(path, apptest.Web, nil), 400, "invalid_request")
	}
	refused(t, "introspection by a public client", p.Introspect(apptest.Spa, tokens.Access()), 401, "invalid_client")
	alive(t, "after all of it", p, apptest.Web, tokens.Access())
}

func TestGrantTypes(t *testing.T) {
	p := one(t)
	for what, c := range map[string]struct {
		client apptest.Client
		form   url.Values
		fault  string
	}{
		"none":                             {apptest.Web, url.Values{}, "invalid_request"},
		"password":                         {apptest.Web, url.Values{"grant_type": {"password"}, "username": {ada}, "password": {"x"}}, "unsupported_grant_type"},
		"client_credentials":               {apptest.Web, url.Values{"grant_type": {"client_credentials"}}, "unauthorized_client"},
		"implicit":                         {apptest.Web, url.Values{"grant_type": {"implicit"}}, "unsupported_grant_type"},
		"refresh of a client without":      {apptest.Brief, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"x"}}, "unauthorized_client"},
		"refresh without a token":          {apptest.Web, url.Values{"grant_type": {"refresh_token"}}, "invalid_request"},
		"refresh of garbage":               {apptest.Web, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"rt_x.1.y"}}, "invalid_grant"},
		"no code":                          {apptest.Web, url.Values{"grant_type": {"authorization_code"}}, "invalid_request"},
		"garbage for a code":               {apptest.Web, url.Values{"grant_type": {"authorization_code"}, "code": {"x"}, "redirect_uri": {apptest.Web.Redirect}}, "invalid_grant"},
		"the right type in the wrong case": {apptest.Web, url.Values{"grant_type": {"Authorization_Code"}}, "unsupported_grant_type"},
	} {
		refused(t, what, p.Post("/oauth/token", c.client, c.form), 400, c.fault)
	}
}
