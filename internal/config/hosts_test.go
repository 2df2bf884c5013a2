package config_test

import (
	"fmt"
	"strings"
	"testing"

	"idp/internal/config"
)

// A host in other letters can look like any: people are shown, and browsers are sent
// to, what the DNS knows.
func TestHostsOfClientsAreInASCII(t *testing.T) {
	const key = "    redirect_uris: [https://notes.example.com/callback]\n"
	for at, line := range map[string]string{
		"redirect_uris[1]":             "    redirect_uris: [https://notes.example.com/callback, 'https://%s/callback']\n",
		"post_logout_redirect_uris[0]": key + "    post_logout_redirect_uris: ['https://%s/']\n",
		"home_uri":                     key + "    home_uri: 'https://%s/'\n",
		"initiate_login_uri":           key + "    initiate_login_uri: 'https://%s/'\n",
		"backchannel_logout_uri":       key + "    backchannel_logout_uri: 'https://%s/'\n",
		"frontchannel_logout_uri":      "    redirect_uris: ['https://%[1]s/']\n    frontchannel_logout_uri: 'https://%[1]s/'\n",
		"cors_origins[0]":              key + "    cors_origins: ['https://%s']\n",
		"resources[0]":                 key + "    resources: ['https://%s/']\n",
		"sector_identifier":            key + "    subject_type: pairwise\n    sector_identifier: '%s'\n",
		"jwks_uri":                     key + "    jwks_uri: 'https://%s/jwks'\n",
		"logo_uri":                     key + "    logo_uri: 'https://%s/logo.svg'\n",
		"tos_uri":                      key + "    tos_uri: 'https://%s/'\n",
		"policy_uri":                   key + "    policy_uri: 'https://%s/'\n",
		"support":                      key + "    support: 'https://%s/'\n",
		"native_link_uri":              key + "    native_api: true\n    native_link_uri: 'https://%s/'\n",
		"url":                          "    preset: grafana\n    url: 'https://%s'\n",
	} {
		for _, host := range []string{"xn--pple-43d.com", "\u0430pple.com", "%D0%B0pple.com", "bank.example\u200d.com", "bank.com\u2024evil.example", "bank\u3002com", "\u0645bank.com"} {
			if strings.HasPrefix(host, "%") && (at == "sector_identifier" || at == "cors_origins[0]") {
				continue // an escape is no name: refused as that
			}
			text := strings.Replace(minimal(""), key, fmt.Sprintf(line, host), 1)
			_, err := config.Parse("idp.yaml", []byte(text), environment)
			if plain := strings.HasPrefix(host, "xn--"); plain && err != nil {
				t.Errorf("%s, %s: %v", at, host, err)
			} else if !plain && (err == nil || !strings.Contains(err.Error(), "clients[0]."+at+": must name its host in ASCII")) {
				t.Errorf("%s, %+q: %v", at, host, err)
			}
		}
	}
}
