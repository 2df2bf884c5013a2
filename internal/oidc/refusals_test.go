package oidc_test

import (
	"net/http"
	"strings"
	"testing"

	"idp/internal/apptest"
)

// Once client and redirect URI are proven, every fault goes back to the client,
// whoever is signed in.
func TestFaultsGoBackToTheClient(t *testing.T) {
	p := one(t)
	signedIn := p.Browser()
	signedIn.SignIn(apptest.NewRequest(apptest.Web), ada)
	good := apptest.NewRequest(apptest.Web)
	for what, c := range map[string]struct {
		r     apptest.Request
		fault string
	}{
		"no response_type":          {good.Without("response_type"), "invalid_request"},
		"response_type token":       {good.With("response_type", "token"), "unsupported_response_type"},
		"response_type id_token":    {good.With("response_type", "id_token"), "unsupported_response_type"},
		"response_type hybrid":      {good.With("response_type", "code id_token"), "unsupported_response_type"},
		"response_type none":        {good.With("response_type", "none"), "unsupported_response_type"},
		"response_type CODE":        {good.With("response_type", "CODE"), "unsupported_response_type"},
		"request object":            {good.With("request", "eyJhbGciOiJub25lIn0.e30."), "request_not_supported"},
		"request_uri":               {good.With("request_uri", "https://web.example.com/r.jwt"), "request_uri_not_supported"},
		"registration":              {good.With("registration", "{}"), "registration_not_supported"},
		"response_mode fragment":    {good.With("response_mode", "fragment"), "invalid_request"},
		"response_mode web_message": {good.With("response_mode", "web_message"), "invalid_request"},
		"no scope":                  {good.Without("scope"), "invalid_scope"},
		"blank scope":               {good.With("scope", "  "), "invalid_scope"},
		"unknown scopes only":       {good.With("scope", "admin root"), "invalid_scope"},
		"21 scopes":                 {good.With("scope", strings.Repeat("openid ", 21)), "invalid_scope"},
		"scope of 1025 bytes":       {good.With("scope", strings.Repeat("s", 1025)), "invalid_request"},
		"nonce of 513 bytes":        {good.With("nonce", strings.Repeat("n", 513)), "invalid_request"},
		"login_hint of 321 bytes":   {good.With("login_hint", strings.Repeat("l", 321)), "invalid_request"},
		"ui_locales of 321 bytes":   {good.With("ui_locales", strings.Repeat("u", 321)), "invalid_request"},
		"unknown prompt":            {good.With("prompt", "register"), "invalid_request"},
		"prompt none and login":     {good.With("prompt", "none login"), "invalid_request"},
		"max_age in words":          {good.With("max_age", "ten"), "invalid_request"},
		"negative max_age":          {good.With("max_age", "-1"), "invalid_request"},
		"max_age with a fraction":   {good.With("max_age", "1.5"), "invalid_request"},
	} {
		for who, b := range map[string]*apptest.Browser{"signed in": signedIn, "stranger": p.Browser()} {
			a := b.Authorize(c.r).MustAnswer()
			complete(t, p, c.r, a)
			if a.Fault() != c.fault || a.Code() != "" || a.Params.Get("error_description") == "" {
				t.Errorf("%s, %s: %v, want %s", what, who, a, c.fault)
			}
			posted := b.Authorize(c.r.With("response_mode", "form_post"))
			if !strings.HasPrefix(what, "response_mode") && !posted.MustAnswer().Posted {
				t.Errorf("%s: with form_post the answer is not posted", what)
			}
		}
	}
}

// A state that is too long is refused and not repeated.
func TestOversizeState(t *testing.T) {
	p := one(t)
	longest := apptest.NewRequest(apptest.Web).With("state", strings.Repeat("s", 2048), "prompt", "none")
	complete(t, p, longest, p.Browser().Get(longest.Path()).MustAnswer())
	a := p.Browser().Get(longest.With("state", strings.Repeat("s", 2049)).Path()).MustAnswer()
	if a.Fault() != "invalid_request" || a.State() != "" || a.Params.Get("iss") != p.URL {
		t.Errorf("%v", a)
	}
}

// What cannot be trusted to name a client and a way back is an error page, never
// a redirect.
func TestUnreadableRequestsAreAPage(t *testing.T) {
	p := one(t)
	good := apptest.NewRequest(apptest.Web)
	query := func(more string) string { return good.Path() + "&" + more }
	b := p.Browser()
	for what, ref := range map[string]string{
		"no client_id":             good.Without("client_id").Path(),
		"unknown client":           good.With("client_id", "nobody").Path(),
		"client in upper case":     good.With("client_id", "WEB").Path(),
		"no redirect_uri":          good.Without("redirect_uri").Path(),
		"nothing at all":           "/authorize",
		"client_id twice":          query("client_id=web"),
		"redirect_uri twice":       query("redirect_uri=https%3A%2F%2Fevil.example%2F"),
		"state twice":              query("state=other"),
		"scope twice":              query("scope=openid"),
		"unknown parameter twice":  query("x=1&x=2"),
		"line break in state":      good.With("state", "a\r\nSet-Cookie: sid=1").Path(),
		"NUL in state":             good.With("state", "a\x00b").Path(),
		"tab in nonce":             good.With("nonce", "a\tb").Path(),
		"DEL in login_hint":        good.With("login_hint", "a\x7fb").Path(),
		"no UTF-8 in state":        query("x=%ff%fe"),
		"control character in key": query("a%0db=1"),
		"broken escape":            query("x=%zz"),
		"semicolon":                query("x=1;y=2"),
		"51 parameters":            good.Path() + manyParameters(51),
	} {
		errorPage(t, what, b.Get(ref))
	}
}

func manyParameters(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("&p" + strings.Repeat("x", i) + "=1")
	}
	return b.String()
}

// errorPage fails the test unless the page is an error for people that leads to
// no application.
func errorPage(t *testing.T, what string, page *apptest.Page) {
	t.Helper()
	if page.Status != http.StatusBadRequest || page.Location() != "" || page.Heading() == "" {
		t.Errorf("%s: %s, want a page with status 400", what, page)
	}
	if _, ok := page.Answer(); ok {
		t.Errorf("%s: the page leads to an application", what)
	}
	if !strings.Contains(page.Text(), "Request ") {
		t.Errorf("%s: the page shows no request id", what)
	}
}
