package gate_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"idp/internal/gate"
)

// Threat: a token where caches, logs and other sites find it. One header has it, and
// is there once: a proxy and this server must not read different ones.
func TestPresented(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		headers []string
		want    string
	}{
		{"as it should be", []string{"Bearer at_1"}, "at_1"},
		{"the scheme in other letters", []string{"bEARER at_1"}, "at_1"},
		{"more space", []string{"Bearer   at_1 "}, "at_1"},
		{"no header", nil, ""},
		{"an empty one", []string{""}, ""},
		{"the scheme alone", []string{"Bearer"}, ""},
		{"the scheme and a space", []string{"Bearer "}, ""},
		{"the token alone", []string{"at_1"}, ""},
		{"Basic", []string{"Basic at_1"}, ""},
		{"DPoP", []string{"DPoP at_1"}, ""},
		{"a scheme that begins so", []string{"Bearers at_1"}, ""},
		{"space in front", []string{" Bearer at_1"}, ""},
		{"two headers", []string{"Bearer at_1", "Bearer at_2"}, ""},
		{"twice the same", []string{"Bearer at_1", "Bearer at_1"}, ""},
		{"another scheme beside it", []string{"Basic QQ==", "Bearer at_1"}, ""},
		// It is one text, and no token of ours has a comma or a space.
		{"two in one header", []string{"Bearer at_1, Bearer at_2"}, "at_1, Bearer at_2"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header["Authorization"] = c.headers
		if got := gate.Presented(r); got != c.want {
			t.Errorf("%s: %q", c.name, got)
		}
	}
	r := httptest.NewRequest(http.MethodPost, "/?access_token=at_1", strings.NewReader("access_token=at_1"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(&http.Cookie{Name: "access_token", Value: "at_1"})
	r.Header.Set("Proxy-Authorization", "Bearer at_1")
	if got := gate.Presented(r); got != "" {
		t.Errorf("found elsewhere: %q", got)
	}
}
