package config_test

import (
	"strings"
	"testing"
	"time"

	"idp/internal/config"
)

// An application with nothing but the native API needs no redirect URI, and its
// access tokens live for an hour unless its entry says otherwise.
func TestNativeClient(t *testing.T) {
	for more, life := range map[string]time.Duration{"": time.Hour, "\n    access_token_ttl: 5m": 5 * time.Minute} {
		entry := "name: Notes\n    type: native\n    grant_types: [refresh_token]\n    native_api: true\n    native_link_uri: com.example.notes:/in" + more
		text := strings.Replace(minimal(""), "name: Notes", entry, 1)
		text = text[:strings.Index(text, "    secrets:")]
		c, err := config.Parse("idp.yaml", []byte(text), environment)
		if err != nil {
			t.Fatal(err)
		}
		got := c.Declared[0]
		if !got.NativeAPI || got.NativeLinkURI != "com.example.notes:/in" || got.AccessTokenTTL != life || strings.Join(got.Scopes, " ") != "openid email profile offline_access" {
			t.Errorf("%+v", got)
		}
	}
}
