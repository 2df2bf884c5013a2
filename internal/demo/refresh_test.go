package demo_test

import (
	"net/http"
	"regexp"
	"sync"
	"testing"
)

var fingerprints = regexp.MustCompile(`<code>([0-9a-f]{8})</code>`)

func TestRefresh(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	app := newApp(t, p)
	b := newBrowser(t)
	before := b.open(app + "/login")
	after := b.press(app + "/refresh")
	wantPage(t, after, http.StatusOK, "Signed in as", "Used 1 time,")
	old, renewed := fingerprints.FindAllString(before.text, -1), fingerprints.FindAllString(after.text, -1)
	if len(old) != 2 || len(renewed) != 2 || old[0] == renewed[0] || old[1] == renewed[1] {
		t.Errorf("fingerprints went from %v to %v, want two new ones", old, renewed)
	}
	wantPage(t, b.press(app+"/refresh"), http.StatusOK, "Used 2 times,")
}

// Two clicks must not present the same refresh token twice: the provider would
// take the second for theft.
func TestRefreshesWaitForEachOther(t *testing.T) {
	t.Parallel()
	app := newApp(t, newProvider(t))
	b := newBrowser(t)
	b.open(app + "/login")
	var clicks sync.WaitGroup
	for range 8 {
		clicks.Go(func() { b.press(app + "/refresh") })
	}
	clicks.Wait()
	wantPage(t, b.open(app+"/"), http.StatusOK, "Used 8 times,")
}

func TestRefreshAfterTheGrantEnded(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	app := newApp(t, p)
	b := newBrowser(t)
	b.open(app + "/login")
	p.mu.Lock()
	clear(p.refresh)
	p.mu.Unlock()
	wantPage(t, b.press(app+"/refresh"), http.StatusUnauthorized, "This sign-in is over", "Sign in again", "spent or unknown")
	wantSignedOut(t, b, app)
}

// A provider that stumbles is no reason to lose the session.
func TestRefreshSurvivesAnOutage(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	app := newApp(t, p)
	b := newBrowser(t)
	b.open(app + "/login")
	p.onToken = func(w http.ResponseWriter) bool {
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"error": "temporarily_unavailable"})
		return true
	}
	wantPage(t, b.press(app+"/refresh"), http.StatusBadGateway, "That did not work", "temporarily_unavailable")
	p.onToken = nil
	wantPage(t, b.press(app+"/refresh"), http.StatusOK, "Used 1 time,")
}

// Threat: a refreshed ID token that quietly speaks of another person or login.
func TestRefreshRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, claim string
		value       any
		text        string
	}{
		{"another subject", "sub", "u-other", "two different people"},
		{"another login", "auth_time", 1, "did not pass"},
		{"another nonce", "nonce", "other", "did not pass"},
		{"another party", "azp", "other", "did not pass"},
		{"another access token", "at_hash", "AAAAAAAAAAAAAAAAAAAAAA", "did not pass"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := newProvider(t)
			p.onIDToken = func(grantType string, c map[string]any) {
				if grantType == "refresh_token" {
					c[test.claim] = test.value
				}
			}
			app := newApp(t, p)
			b := newBrowser(t)
			b.open(app + "/login")
			wantPage(t, b.press(app+"/refresh"), http.StatusBadGateway, test.text)
			wantPage(t, b.open(app+"/"), http.StatusOK, address, "Not used yet")
		})
	}
}

func TestRefreshRefusesUserInfoAboutSomebodyElse(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	app := newApp(t, p)
	b := newBrowser(t)
	b.open(app + "/login")
	p.onUserInfo = func(c map[string]any) { c["sub"] = "u-other" }
	wantPage(t, b.press(app+"/refresh"), http.StatusBadGateway, "two different people")
}

func TestRefreshWithoutNonce(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	p.onIDToken = func(grantType string, c map[string]any) {
		if grantType == "refresh_token" {
			delete(c, "nonce")
		}
	}
	app := newApp(t, p)
	b := newBrowser(t)
	b.open(app + "/login")
	wantPage(t, b.press(app+"/refresh"), http.StatusOK, "Used 1 time,")
}

func TestRefreshSignedOut(t *testing.T) {
	t.Parallel()
	app := newApp(t, newProvider(t))
	wantPage(t, newBrowser(t).press(app+"/refresh"), http.StatusUnauthorized, "You are not signed in here")
}
