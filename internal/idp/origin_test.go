package idp_test

import (
	"testing"

	"idp/internal/idp"
)

func TestOriginsOfStrangers(t *testing.T) {
	t.Parallel()
	web := []string{"https://App.example.com:443/cb", "https://other.example:8443/cb", "http://localhost:8080/cb", "com.example.app:/cb", "http://app.example.net/cb"}
	for _, c := range []struct {
		client idp.Client
		yes    []string
		no     []string
	}{
		{
			idp.Client{AuthMethod: idp.AuthNone, Stranger: true, RedirectURIs: web},
			[]string{"https://app.example.com", "https://other.example:8443", "http://localhost:8080"},
			[]string{"", "null", "https://app.example.com/", "http://app.example.com", "https://app.example.com:444", "https://other.example", "http://localhost:9090",
				"http://127.0.0.1:8080", "com.example.app:", "com.example.app://", "http://app.example.net", "https://app.example.com.evil.example", "https://evil.example"},
		},
		{
			idp.Client{AuthMethod: idp.AuthNone, Stranger: true, Native: true, RedirectURIs: []string{"http://127.0.0.1/cb", "https://app.example.com/cb"}},
			[]string{"http://127.0.0.1", "http://127.0.0.1:6274", "https://app.example.com"},
			[]string{"http://localhost:6274", "https://127.0.0.1:6274", "http://127.0.0.1:99999", "http://127.0.0.1:80.evil.example", "http://127.0.0.1.evil.example", "https://app.example.com:8443"},
		},
		{idp.Client{AuthMethod: idp.AuthNone, RedirectURIs: web, CORSOrigins: []string{"https://a.example"}}, []string{"https://a.example"}, []string{"https://app.example.com"}},
		{idp.Client{Stranger: true, RedirectURIs: web}, nil, []string{"https://app.example.com"}},
	} {
		for _, origin := range c.yes {
			if !c.client.AllowsOrigin(origin) {
				t.Errorf("%v: %q is refused", c.client.RedirectURIs, origin)
			}
		}
		for _, origin := range c.no {
			if c.client.AllowsOrigin(origin) {
				t.Errorf("%v: %q is allowed", c.client.RedirectURIs, origin)
			}
		}
	}
}
