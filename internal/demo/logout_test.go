package demo_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestLogout(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	app := newApp(t, p)
	b := newBrowser(t)
	b.open(app + "/login")
	end := b.press(app + "/logout")
	wantPage(t, end, http.StatusOK, "You are signed out", "Here and at the provider")
	if end.url.Host != strings.TrimPrefix(app, "http://") || end.url.Path != "/signed-out" {
		t.Errorf("sign-out ended at %s", end.url)
	}
	if len(p.ended) != 1 {
		t.Fatalf("the provider saw %d sign-outs, want 1", len(p.ended))
	}
	got := p.ended[0]
	if got.Get("client_id") != clientID || got.Get("post_logout_redirect_uri") != app+"/signed-out" ||
		strings.Count(got.Get("id_token_hint"), ".") != 2 || len(got.Get("state")) < 20 {
		t.Errorf("sign-out request = %v", got)
	}
	wantSignedOut(t, b, app)
}

// Threat: a session id that was copied before sign-out and works after it.
func TestLogoutEndsTheSessionOnTheServer(t *testing.T) {
	t.Parallel()
	app := newApp(t, newProvider(t))
	b := newBrowser(t)
	b.open(app + "/login")
	stolen := "demo_session=" + b.cookies(app + "/")["demo_session"]
	wantPage(t, newBrowser(t).with(stolen).open(app+"/"), http.StatusOK, "Signed in as")
	b.press(app + "/logout")
	wantSignedOut(t, newBrowser(t).with(stolen), app)
}

func TestLogoutWithoutProvider(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		signedIn bool
	}{
		{"a provider without the endpoint", true},
		{"nobody signed in", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := newProvider(t)
			p.onDiscovery = func(d map[string]any) { delete(d, "end_session_endpoint") }
			app := newApp(t, p)
			b := newBrowser(t)
			if test.signedIn {
				b.open(app + "/login")
			}
			wantPage(t, b.press(app+"/logout"), http.StatusOK, "This application does not know you any more")
			wantSignedOut(t, b, app)
		})
	}
}

// Threat: a link to /signed-out that makes people believe they are safe.
func TestSignedOutSaysWhatIsTrue(t *testing.T) {
	t.Parallel()
	app := newApp(t, newProvider(t))
	b := newBrowser(t)
	forged := app + "/signed-out?state=forged"
	wantPage(t, b.open(forged), http.StatusOK, "does not know you any more")
	b.open(app + "/login")
	wantPage(t, b.open(forged), http.StatusOK, "Signed in as")
	b.press(app + "/logout")
	wantPage(t, b.open(forged), http.StatusOK, "does not know you any more")
}
