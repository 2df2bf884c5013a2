package captcha_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"idp/internal/captcha"
	"idp/internal/outbound"
	"idp/internal/secret"
)

// provider is one on loopback that answers everybody alike.
func provider(t *testing.T, status int, body string, asked *url.Values) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err == nil && asked != nil {
			*asked = r.PostForm
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func verifier(p captcha.Provider, at string, now func() time.Time) *captcha.Verifier {
	out := outbound.New(outbound.Options{Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Timeout: captcha.Timeout, MaxBody: captcha.MaxAnswer})
	return captcha.New(captcha.Options{Provider: p, SiteKey: "site-key", Secret: secret.TokenOf("hush"), VerifyURL: at, Host: "login.example.com", Out: out, Now: now})
}

// What a provider says counts only for a test on our pages, and for what ours are
// for; what it says of us, or does not say, is silence.
func TestPassed(t *testing.T) {
	t.Parallel()
	const turnstile, hcaptcha = captcha.Turnstile, captcha.HCaptcha
	for what, c := range map[string]struct {
		provider     captcha.Provider
		status       int
		body         string
		want, silent bool
	}{
		"passed":                {turnstile, 200, `{"success":true,"hostname":"login.example.com","action":"sign-in","error-codes":[]}`, true, false},
		"on another site":       {turnstile, 200, `{"success":true,"hostname":"evil.example","action":"sign-in"}`, false, false},
		"nowhere":               {turnstile, 200, `{"success":true,"action":"sign-in"}`, false, false},
		"for something else":    {turnstile, 200, `{"success":true,"hostname":"login.example.com","action":"contact"}`, false, false},
		"used":                  {turnstile, 200, `{"success":false,"error-codes":["timeout-or-duplicate"]}`, false, false},
		"made up":               {turnstile, 400, `{"success":false,"error-codes":["invalid-input-response"]}`, false, false},
		"passed at the other":   {hcaptcha, 200, `{"success":true,"hostname":"login.example.com","challenge_ts":"2026-11-21T12:00:00Z"}`, true, false},
		"the other's elsewhere": {hcaptcha, 200, `{"success":true,"hostname":"login.example.org"}`, false, false},
		"the other is busy":     {hcaptcha, 200, `{"success":true,"hostname":"not-provided"}`, true, false},
		"busy, and not passed":  {hcaptcha, 200, `{"success":false,"hostname":"not-provided","error-codes":["already-seen-response"]}`, false, false},
		"no such excuse":        {turnstile, 200, `{"success":true,"hostname":"not-provided","action":"sign-in"}`, false, false},
		"a key for trying":      {hcaptcha, 200, `{"success":false,"error-codes":["not-using-dummy-passcode"]}`, false, true},
		"our secret is wrong":   {turnstile, 200, `{"success":false,"error-codes":["invalid-input-secret"]}`, false, true},
		"our key is":            {hcaptcha, 200, `{"success":false,"error-codes":["sitekey-secret-mismatch"]}`, false, true},
		"it is broken":          {turnstile, 503, `{"success":true,"hostname":"login.example.com","action":"sign-in"}`, false, true},
		"no JSON":               {turnstile, 200, `<html>`, false, true},
		"a redirect":            {turnstile, 302, ``, false, true},
		"too much":              {turnstile, 200, strings.Repeat(" ", 20<<10) + `{"success":true}`, false, true},
	} {
		var asked url.Values
		v := verifier(c.provider, provider(t, c.status, c.body, &asked), time.Now)
		field := map[captcha.Provider]string{turnstile: "cf-turnstile-response", hcaptcha: "h-captcha-response"}[c.provider]
		got, err := v.Passed(context.Background(), url.Values{field: {"token"}}, "192.0.2.1")
		if got != c.want || errors.Is(err, captcha.ErrSilent) != c.silent || (v.Widget() == nil) != c.silent {
			t.Errorf("%s: %v, %v, widget %v", what, got, err, v.Widget())
		}
		if asked.Get("secret") != "hush" || asked.Get("response") != "token" || asked.Get("remoteip") != "192.0.2.1" || asked.Get("sitekey") != "site-key" {
			t.Errorf("%s: it was asked %v", what, asked)
		}
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: the secret is in the error", what)
		}
	}
}

// A provider that does not answer is left alone for a minute, and then asked again.
func TestSilence(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	v := verifier(captcha.Turnstile, "http://127.0.0.1:1/", func() time.Time { return now })
	form := url.Values{"cf-turnstile-response": {"token"}}
	if _, err := v.Passed(context.Background(), form, ""); !errors.Is(err, captcha.ErrSilent) || v.Widget() != nil {
		t.Fatalf("nobody listens: %v", err)
	}
	if ok, err := v.Passed(context.Background(), form, ""); ok || err != nil {
		t.Errorf("it was asked again at once: %v", err)
	}
	now = now.Add(time.Minute)
	if w := v.Widget(); w == nil || w.SiteKey != "site-key" {
		t.Errorf("a minute later: %v", w)
	}
	for _, response := range []string{"", strings.Repeat("x", 9<<10)} {
		if ok, err := v.Passed(context.Background(), url.Values{"cf-turnstile-response": {response}}, ""); ok || err != nil {
			t.Errorf("%d characters: %v, %v", len(response), ok, err)
		}
	}
}
