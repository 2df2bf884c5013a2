package config_test

import (
	"strings"
	"testing"
	"time"

	"idp/internal/config"
	"idp/internal/secret"
)

func TestStrangersAreOffUnlessAllowed(t *testing.T) {
	t.Parallel()
	if c := config.Default(); c.ClientsByMetadata.Enabled || c.Registration.Enabled {
		t.Error("strangers are let in by default")
	}
	token := secret.NewToken()
	for text, want := range map[string]string{
		"clients_by_metadata: {enabled: true, allow: [a.example.com, '*.example.com', '*', 'a.example.com:8443']}": "",
		"registration: {enabled: true, access_tokens: ['" + config.RegistrationHashText(token) + "']}":             "",
		"clients_by_metadata: {enabled: true}":                             "clients_by_metadata.allow: is missing",
		"clients_by_metadata: {enabled: true, allow: [https://a.example]}": "clients_by_metadata.allow[0]: must be a host",
		"clients_by_metadata: {allow: ['a.*.example']}":                    "clients_by_metadata.allow[0]: must be a host",
		"clients_by_metadata: {allow: [A.example]}":                        "clients_by_metadata.allow[0]: must be a host",
		"clients_by_metadata: {scopes: [email]}":                           "clients_by_metadata.scopes: must contain openid",
		"registration: {enabled: true}":                                    "registration.access_tokens: is missing",
		"registration: {access_tokens: [" + token.Reveal() + "]}":          "registration.access_tokens[0]: must be a hash",
		"registration: {max_clients: 0}":                                   "registration.max_clients: must be from 1",
		"registration: {scopes: [openid, 'a b']}":                          "registration.scopes[1]: must be one scope",
		"http: {trusted_cas: [config_test.go]}":                            "http.trusted_cas[0]: cannot be used",
		"http: {allow_private_targets: [inside]}":                          "http.allow_private_targets[0]: must be an address",
	} {
		_, err := config.Parse("x.yaml", []byte(minimal(text)), environment)
		switch {
		case want == "" && err != nil, want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want %q", text, err, want)
		case err != nil && strings.Contains(err.Error(), token.Reveal()):
			t.Errorf("%s: the fault shows the token", text)
		}
	}
}

// Whatever an application says of itself is held to the rules, those that look at the
// configuration too.
func TestCheckKnowsTheUsualConfiguration(t *testing.T) {
	t.Parallel()
	_, faults := config.Client{
		ID: "x", Name: "X", Type: "web", RedirectURIs: []string{"https://x.example.com/cb"}, BackchannelLogoutURI: "https://10.0.0.1/out",
	}.Check(secret.NewToken().Hash(secret.KindClient))
	if len(faults) != 1 || faults[0].Key != "backchannel_logout_uri" {
		t.Errorf("%v", faults)
	}
}

// An empty place in a list of people is told in words about people.
func TestEmptyAddresses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"groups: {staff: {emails: ['']}}", "signup: {mode: allowlist, addresses: ['']}"} {
		if _, err := config.Parse("x.yaml", []byte(minimal(text)), environment); err == nil || !strings.Contains(err.Error(), "is empty: a person's address") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// How long a refresh token lives without use is never longer than in all.
func TestRefreshLives(t *testing.T) {
	t.Parallel()
	c, err := config.Parse("x.yaml", []byte(minimal("")+"    refresh_absolute_ttl: 1d\n"), environment)
	if err != nil || c.Declared[0].RefreshIdleTTL != 24*time.Hour {
		t.Errorf("%v, %v", c, err)
	}
}
