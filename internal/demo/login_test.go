package demo_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"idp/internal/demo"
)

func TestLogin(t *testing.T) {
	t.Parallel()
	for name, public := range map[string]bool{"confidential": false, "public": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProvider(t)
			p.public = public
			app := newApp(t, p, func(c *demo.Config) {
				if public {
					c.ClientSecret = ""
				}
			})
			b := newBrowser(t)
			wantSignedOut(t, b, app)

			home := b.open(app + "/login")
			wantPage(t, home, http.StatusOK, "Signed in as", address, subject, "at_hash", "auth_time",
				"Ada <b>Example</b>", `{"tea":"green"}`, "in 10 minutes", "Not used yet", "http://inbox.test/")
			if home.url.String() != app+"/" {
				t.Errorf("login ended at %s, want the home page", home.url)
			}
			if p.exchange != 1 {
				t.Errorf("token endpoint was called %d times, want 1", p.exchange)
			}
			if got := p.asked[0].Get("scope"); got != "openid email profile offline_access" {
				t.Errorf("scope = %q", got)
			}
		})
	}
}

// Threat: a token in a page or a cookie is a token in a history, a cache, a
// log. What the browser holds must be good for nothing elsewhere.
func TestTokensStayOnTheServer(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	app := newApp(t, p)
	b := newBrowser(t)
	home := b.open(app + "/login")
	if home.header.Get("Cache-Control") != "no-store" {
		t.Error("the signed-in page may be cached")
	}
	for _, secret := range []string{"at-", "rt-", "eyJ"} {
		if strings.Contains(home.text, secret) {
			t.Errorf("the page contains a token (%s…)", secret)
		}
	}
	for name, value := range b.cookies(app + "/") {
		if name != "demo_session" || len(value) > 32 {
			t.Errorf("cookie %s of %d bytes, want the session id alone", name, len(value))
		}
	}
	if len(b.cookies(app+"/callback")) != 1 {
		t.Error("the cookie of a finished sign-in was not dropped")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, name := range p.cookies {
		if name != "demo_session" {
			t.Errorf("the provider was sent our cookie %s", name)
		}
	}
}

func TestSessionCookie(t *testing.T) {
	t.Parallel()
	app := newApp(t, newProvider(t))
	b := newBrowser(t)
	callback := b.step(b.step(app + "/login").header.Get("Location")).header.Get("Location")
	var session string
	for _, line := range b.step(callback).header["Set-Cookie"] {
		if strings.HasPrefix(line, "demo_session=") {
			session = line
		}
	}
	for _, attribute := range []string{"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=28800"} {
		if !strings.Contains(session+";", attribute+";") {
			t.Errorf("session cookie lacks %s: %q", attribute, session)
		}
	}
}

func TestLoginPassesOn(t *testing.T) {
	t.Parallel()
	app := newApp(t, newProvider(t))
	tests := []struct {
		query string
		want  map[string]string
	}{
		{"", nil},
		{"prompt=login", map[string]string{"prompt": "login"}},
		{"prompt=login+consent&max_age=0", map[string]string{"prompt": "login consent", "max_age": "0"}},
		{"login_hint=ada%40example.com", map[string]string{"login_hint": address}},
		{"prompt=evil", nil},
		{"max_age=-1", nil},
		{"max_age=soon", nil},
		{"login_hint=" + strings.Repeat("a", 321), nil},
		{"redirect_uri=https://evil.test/&scope=admin&acr_values=x", nil},
	}
	fixed := []string{"client_id", "code_challenge", "code_challenge_method", "nonce", "redirect_uri", "response_type", "scope", "state"}
	for _, test := range tests {
		t.Run(test.query, func(t *testing.T) {
			t.Parallel()
			to, err := url.Parse(newBrowser(t).step(app + "/login?" + test.query).header.Get("Location"))
			if err != nil {
				t.Fatal(err)
			}
			got := to.Query()
			if got.Get("redirect_uri") != app+"/callback" {
				t.Errorf("redirect_uri = %q", got.Get("redirect_uri"))
			}
			for _, name := range fixed {
				if got.Get(name) == "" {
					t.Errorf("%s is missing", name)
				}
				got.Del(name)
			}
			if len(got) != len(test.want) {
				t.Errorf("passed on %v, want %v", got, test.want)
			}
			for name, want := range test.want {
				if got.Get(name) != want {
					t.Errorf("%s = %q, want %q", name, got.Get(name), want)
				}
			}
		})
	}
}

func TestLoginAsFreshAsAsked(t *testing.T) {
	t.Parallel()
	app := newApp(t, newProvider(t))
	wantPage(t, newBrowser(t).open(app+"/login?prompt=login&max_age=0"), http.StatusOK, "Signed in as")
}

func TestTwoTabsSignInAtOnce(t *testing.T) {
	t.Parallel()
	app := newApp(t, newProvider(t))
	b := newBrowser(t)
	first := b.step(app + "/login").header.Get("Location")
	second := b.step(app + "/login").header.Get("Location")

	wantPage(t, b.open(second), http.StatusOK, "Signed in as")
	before := b.cookies(app + "/")["demo_session"]
	wantPage(t, b.open(first), http.StatusOK, "Signed in as")
	if after := b.cookies(app + "/")["demo_session"]; after == before {
		t.Error("the second sign-in kept the session id of the first")
	}
	wantSignedOut(t, newBrowser(t).with("demo_session="+before), app)
}
