package apptest

import (
	"net/http"
	"strings"
)

// The names of the provider's cookies, without the prefix that they carry under
// https.
const (
	SessionCookie = "sid"
	BrowserCookie = "lb"
)

func (b *Browser) cookieName(name string) string {
	if strings.HasPrefix(b.p.URL, "https:") {
		return "__Host-" + name
	}
	return name
}

// Cookie returns the value of a cookie; "" if the browser has none.
func (b *Browser) Cookie(name string) string {
	for _, c := range b.jar.Cookies(mustParse(b.t, b.p.URL)) {
		if c.Name == b.cookieName(name) {
			return c.Value
		}
	}
	return ""
}

// SetCookie gives the browser a cookie of the provider.
func (b *Browser) SetCookie(name, value string) {
	b.jar.SetCookies(mustParse(b.t, b.p.URL), []*http.Cookie{{
		Name: b.cookieName(name), Value: value, Path: "/", Secure: strings.HasPrefix(b.p.URL, "https:"),
	}})
}
