package demo_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Threats: login CSRF (somebody else's code in your browser), mix-up of
// providers, and a provider's answer that was forged, replayed or swapped.
// Every case must leave the browser signed out.
func TestCallbackRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		query  string // of /login
		lie    func(*provider)
		status int
		text   string
	}{
		{name: "a wrong state", status: 400, text: "We do not know this sign-in",
			lie: answering(func(a url.Values) { a.Set("state", "AAAAAAAAAAAAAAAAAAAAAAAAAA") })},
		{name: "no state", status: 400, text: "We do not know this sign-in",
			lie: answering(func(a url.Values) { a.Del("state") })},
		{name: "another provider's iss", status: 400, text: "The answer came from elsewhere",
			lie: answering(func(a url.Values) { a.Set("iss", "https://evil.test") })},
		{name: "a missing iss that was promised", status: 400, text: "The answer came from elsewhere",
			lie: answering(func(a url.Values) { a.Del("iss") })},
		{name: "a wrong iss that was not promised", status: 400, text: "The answer came from elsewhere",
			lie: func(p *provider) {
				p.onDiscovery = func(d map[string]any) { delete(d, "authorization_response_iss_parameter_supported") }
				p.onAnswer = func(a url.Values) { a.Set("iss", "https://evil.test") }
			}},
		{name: "an unknown code", status: 401, text: "invalid_grant",
			lie: answering(func(a url.Values) { a.Set("code", "forged") })},
		{name: "another nonce", status: 502, text: "The answer did not pass our checks", lie: claiming("nonce", "replayed")},
		{name: "no nonce", status: 502, text: "The answer did not pass our checks", lie: claiming("nonce", nil)},
		{name: "an ID token of another issuer", status: 502, text: "did not pass", lie: claiming("iss", "https://evil.test")},
		{name: "an ID token for another audience", status: 502, text: "did not pass", lie: claiming("aud", "other")},
		{name: "an ID token issued to another party", status: 502, text: "did not pass", lie: claiming("azp", "other")},
		{name: "an expired ID token", status: 502, text: "did not pass", lie: claiming("exp", time.Now().Add(-time.Hour).Unix())},
		{name: "an at_hash of another token", status: 502, text: "did not pass", lie: claiming("at_hash", "AAAAAAAAAAAAAAAAAAAAAA")},
		{name: "a login older than max_age", query: "?max_age=60", status: 502, text: "older than we asked",
			lie: claiming("auth_time", time.Now().Add(-time.Hour).Unix())},
		{name: "no auth_time for max_age", query: "?max_age=60", status: 502, text: "auth_time", lie: claiming("auth_time", nil)},
		{name: "userinfo about somebody else", status: 502, text: "two different people",
			lie: func(p *provider) { p.onUserInfo = func(c map[string]any) { c["sub"] = "u-other" } }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := newProvider(t)
			app := newApp(t, p)
			test.lie(p)
			b := newBrowser(t)
			wantPage(t, b.open(app+"/login"+test.query), test.status, test.text)
			wantSignedOut(t, b, app)
		})
	}
}

func answering(change func(url.Values)) func(*provider) {
	return func(p *provider) { p.onAnswer = change }
}

// claiming changes one claim of the ID token; nil removes it.
func claiming(name string, value any) func(*provider) {
	return func(p *provider) {
		p.onIDToken = func(_ string, c map[string]any) {
			c[name] = value
			if value == nil {
				delete(c, name)
			}
		}
	}
}

// Threat: an attacker stops their own sign-in before the callback and makes
// somebody else open it. Without the cookie of the attempt it must not work.
func TestCallbackFromAnotherBrowser(t *testing.T) {
	t.Parallel()
	app := newApp(t, newProvider(t))
	attacker, victim := newBrowser(t), newBrowser(t)
	callback := attacker.step(attacker.step(app + "/login").header.Get("Location")).header.Get("Location")

	wantPage(t, victim.open(callback), http.StatusBadRequest, "We do not know this sign-in", "/login")
	wantSignedOut(t, victim, app)
	wantPage(t, attacker.open(callback), http.StatusOK, "Signed in as")
}

func TestCallbackAnswersOnce(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	app := newApp(t, p)
	b := newBrowser(t)
	callback := b.step(b.step(app + "/login").header.Get("Location")).header.Get("Location")
	wantPage(t, b.open(callback), http.StatusOK, "Signed in as")
	wantPage(t, b.open(callback), http.StatusBadRequest, "used already")
	if p.exchange != 1 {
		t.Errorf("the code was presented %d times, want 1", p.exchange)
	}
}

func TestCallbackShowsTheProvidersError(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	p.onAnswer = func(a url.Values) {
		a.Del("code")
		a.Set("error", "access_denied")
		a.Set("error_description", "You pressed <Cancel>.")
	}
	app := newApp(t, p)
	b := newBrowser(t)
	wantPage(t, b.open(app+"/login"), http.StatusBadRequest,
		"The sign-in was not finished", "access_denied", "You pressed <Cancel>.", "Try again", `href="/login"`)
	if p.exchange != 0 {
		t.Error("the token endpoint was called after an error")
	}
}

// Threat: a link with words of the attacker's choice on a page of ours. Only
// an answer to a request of this browser, from our provider, is shown.
func TestCallbackShowsNoStrangersWords(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	app := newApp(t, p)
	got := newBrowser(t).open(app + "/callback?state=x&error=e&error_description=Call+0800")
	wantPage(t, got, http.StatusBadRequest, "We do not know this sign-in")
	if strings.Contains(got.text, "0800") {
		t.Error("the page repeats words that nobody vouched for")
	}
	p.onAnswer = func(a url.Values) {
		a.Set("iss", "https://evil.test")
		a.Set("error", "e")
		a.Set("error_description", "Call 0800")
	}
	if got := newBrowser(t).open(app + "/login"); strings.Contains(got.text, "0800") {
		t.Error("the page repeats the words of another provider")
	}
}

// A provider that promises nothing about iss may leave it out (RFC 9207 §2.4).
func TestCallbackWithoutIss(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	p.onDiscovery = func(d map[string]any) { delete(d, "authorization_response_iss_parameter_supported") }
	p.onAnswer = func(a url.Values) { a.Del("iss") }
	wantPage(t, newBrowser(t).open(newApp(t, p)+"/login"), http.StatusOK, "Signed in as")
}
