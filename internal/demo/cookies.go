package demo

import (
	"net/http"
	"strings"
	"time"
)

// Browsers share cookies between the ports of a host, so on localhost the
// provider sees these names and we see its names: the prefix keeps them apart.
const (
	sessionCookie = "demo_session"
	loginCookie   = "demo_login_" // and the state of the attempt
	logoutCookie  = "demo_logout"
)

// setCookie stores a value in the browser, for one path, out of reach of scripts.
func (a *App) setCookie(w http.ResponseWriter, name, value, path string, ttl time.Duration) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure is off for an http address alone
		Name:     name,
		Value:    value,
		Path:     path,
		MaxAge:   int(ttl / time.Second),
		HttpOnly: true,
		Secure:   strings.HasPrefix(a.cfg.BaseURL, "https://"),
		SameSite: http.SameSiteLaxMode,
	})
}

// dropCookie makes the browser forget what setCookie stored under name and path.
func (a *App) dropCookie(w http.ResponseWriter, name, path string) {
	a.setCookie(w, name, "", path, -time.Second)
}
