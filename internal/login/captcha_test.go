package login_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/magiclink"
	"idp/internal/secret"
)

// Under pressure a provider's test stands where the work was; where the provider
// is silent, the work stands there again. The page alone opens to the provider.
func TestCaptchaUnderPressure(t *testing.T) {
	const zeros = 12 // no answer is hardly ever a good one
	var broken atomic.Bool
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case broken.Load():
			w.WriteHeader(http.StatusBadGateway)
		case r.PostFormValue("response") == "passed":
			_, _ = w.Write([]byte(`{"success":true,"hostname":"127.0.0.1","action":"sign-in"}`))
		default:
			_, _ = w.Write([]byte(`{"success":false,"error-codes":["invalid-input-response"]}`))
		}
	}))
	t.Cleanup(provider.Close)
	p := one(t, apptest.Configure(func(c *config.Config) {
		c.PrivateTargets = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		c.Limits.SendUnknown = config.Rate(magiclink.Rate{Max: 1, Window: time.Hour})
		c.Abuse = config.Abuse{WorkAbove: 100, WorkBits: zeros, Captcha: &config.Captcha{
			Provider: "turnstile", SiteKey: "0x4AAAAAAA", Secret: config.Known(secret.TokenOf("hush")), VerifyURL: provider.URL,
		}}
	}))
	host := strings.Split(strings.TrimPrefix(p.URL, "http://"), ":")[0]
	if host != "127.0.0.1" {
		t.Fatalf("the provider of the test says 127.0.0.1, this is %s", host)
	}
	const origin = "https://challenges.cloudflare.com"
	first := p.Browser().Open("/login")
	if policy := first.Header.Get("Content-Security-Policy"); strings.Contains(policy, origin) {
		t.Errorf("the address form: %s", policy)
	}
	ask(p.Browser(), "stranger@example.org")

	b := p.Browser()
	page := b.Submit(b.Open("/login").Form("/login").Set("email", ada))
	shows(t, "the test", page, http.StatusOK, "One moment", "you are no machine", ada)
	policy := page.Header.Get("Content-Security-Policy")
	for _, want := range []string{"script-src 'self' " + origin + ";", "frame-src " + origin, "style-src 'self';", "connect-src 'self';"} {
		if !strings.Contains(policy, want) {
			t.Errorf("no %q in %s", want, policy)
		}
	}
	if page.Attr("widget", "data-sitekey") != "0x4AAAAAAA" || page.Attr("widget", "data-action") != "sign-in" || !strings.Contains(page.Body, `src="`+origin+`/turnstile/v0/api.js"`) {
		t.Errorf("the widget: %s", page.Body)
	}
	if strings.Contains(page.Body, "not passed") {
		t.Errorf("before the test: %s", page.Body)
	}
	form := page.Form("/login")
	shows(t, "no answer", b.Submit(form), http.StatusOK, "The test was not passed", "you are no machine")
	shows(t, "a wrong one", b.Submit(form.Set("cf-turnstile-response", "made up")), http.StatusOK, "The test was not passed", "you are no machine")
	shows(t, "passed", b.Submit(form.Set("cf-turnstile-response", "passed")), http.StatusOK, "Check your mail")

	// A script that does not come: harder work.
	b = p.Browser()
	page = b.Submit(b.Open("/login").Form("/login").Set("email", ada))
	if bits := page.Attr("work-form", "data-bits"); bits != strconv.Itoa(zeros+3) {
		t.Errorf("%s bits", bits)
	}
	shows(t, "worked", b.Submit(page.Form("/login").Set("answer", solve(page.Attr("work-form", "data-task"), zeros+3))), http.StatusOK, "Check your mail")

	// A provider that does not answer: the usual work, for everybody.
	broken.Store(true)
	b = p.Browser()
	page = b.Submit(b.Open("/login").Form("/login").Set("email", ada))
	page = b.Submit(page.Form("/login").Set("cf-turnstile-response", "passed"))
	shows(t, "silent", page, http.StatusOK, "your browser works")
	if strings.Contains(page.Body, "not passed") {
		t.Errorf("nobody said whether the test was passed: %s", page.Body)
	}
	if policy := page.Header.Get("Content-Security-Policy"); strings.Contains(policy, origin) || page.Attr("work-form", "data-bits") != strconv.Itoa(zeros) {
		t.Errorf("%s bits, %s", page.Attr("work-form", "data-bits"), policy)
	}
	shows(t, "worked", b.Submit(page.Form("/login").Set("answer", solve(page.Attr("work-form", "data-task"), zeros))), http.StatusOK, "Check your mail")
}
