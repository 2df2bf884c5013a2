package demo

import (
	"net/http"
	"net/url"
	"strings"
)

// protect adds the security headers to every answer, and refuses forms that
// another origin posts. A different port of localhost is another origin.
func (a *App) protect(next http.Handler) http.Handler {
	csrf := http.NewCrossOriginProtection()
	csrf.SetDenyHandler(a.page(func(http.ResponseWriter, *http.Request) error { return errCrossOrigin }))
	// The provider may post here. The answer is a redirect to /login, which
	// anyone may link to, so there is nothing to forge.
	csrf.AddInsecureBypassPattern("POST /initiate-login")
	guarded := csrf.Handler(next)

	policy := a.contentPolicy()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		guarded.ServeHTTP(w, r)
	})
}

// contentPolicy lets the pages load their own sheet and icon and nothing else.
// Browsers apply form-action to the redirects that follow a form, so the
// provider's origin stands there: sign-out is a form that ends at the provider.
func (a *App) contentPolicy() string {
	formAction := "'self'"
	if issuer, err := url.Parse(a.cfg.Issuer); err == nil && issuer.Host != "" {
		formAction += " " + origin(issuer)
	}
	return strings.Join([]string{
		"default-src 'none'",
		"style-src 'self'",
		"img-src 'self' data:",
		"form-action " + formAction,
		"frame-ancestors 'none'",
		"base-uri 'none'",
	}, "; ")
}
