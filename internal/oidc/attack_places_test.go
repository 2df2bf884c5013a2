package oidc_test

import (
	"net/http"
	"net/url"
	"testing"

	"idp/internal/apptest"
)

// furtherPlaces are the other ways in which the endpoints take what
// attack_kinds_test.go presents.
var furtherPlaces = map[string]place{
	"bearer in a form at userinfo": {[]string{"access", "JWT access"}, func(l *loot, s string) bool {
		return l.p.Do(l.p.NewRequest("/userinfo", url.Values{"access_token": {s}})).Status == http.StatusOK
	}},
	"client secret in a form at the token endpoint": {[]string{"client secret"}, func(l *loot, s string) bool {
		form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {l.secrets["refresh"]}, "client_id": {"web"}, "client_secret": {s}}
		return l.p.Do(l.p.NewRequest("/oauth/token", form)).Status == http.StatusOK
	}},
	"client secret at introspection": {[]string{"client secret"}, func(l *loot, s string) bool {
		return l.p.Introspect(apptest.Client{ID: "web", Secret: s}, l.secrets["access"]).Status == http.StatusOK
	}},
	"client secret at revocation": {[]string{"client secret"}, func(l *loot, s string) bool {
		return l.p.Revoke(apptest.Client{ID: "web", Secret: s}, "nothing").Status == http.StatusOK
	}},
	"JWT at revocation": {[]string{"JWT access"}, func(l *loot, s string) bool {
		l.p.Revoke(apptest.JWT, s)
		return l.p.Get("/userinfo", l.secrets["JWT access"]).Status != http.StatusOK
	}},
	"code of a client that knows no PKCE": {nil, func(l *loot, s string) bool {
		r := apptest.NewRequest(apptest.Loose).WithoutPKCE()
		return l.p.Redeem(r, s).Status == http.StatusOK
	}},
	"request at end_session": {[]string{"logout"}, func(l *loot, s string) bool {
		return l.stranger.Get(escaped("/end_session?request=", s)).Status < 400
	}},
	"challenge at its status": {[]string{"challenge"}, func(l *loot, s string) bool {
		return l.asker.Get("/login/c/"+url.PathEscape(s)+"/status").Status < 400
	}},
	"flow at a second address": {[]string{"flow"}, func(l *loot, s string) bool {
		return l.asker.Get(escaped("/login?again=1&flow=", s)).Status < 400
	}},
	"browser cookie at the status": {[]string{"browser"}, func(l *loot, s string) bool {
		l.stranger.SetCookie(apptest.BrowserCookie, s)
		return l.stranger.Get("/login/c/"+l.secrets["challenge"]+"/status").Status < 400
	}},
	"request_uri at authorize": {nil, func(l *loot, s string) bool { return issues(l.stranger, "request_uri", s) }},
	"request at authorize":     {nil, func(l *loot, s string) bool { return issues(l.stranger, "request", s) }},
}

func issues(b *apptest.Browser, name, value string) bool {
	a, ok := b.Get(apptest.NewRequest(apptest.Web).With(name, value).Path()).Answer()
	return !ok || a.Fault() == "" // a page, or a code
}

// Every kind at every further place.
func TestSecretsWorkOnlyAsWhatTheyAreFurther(t *testing.T) { everywhere(t, furtherPlaces) }
