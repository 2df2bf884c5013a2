package config_test

import (
	"strings"
	"testing"

	"idp/internal/config"
	"idp/internal/presets"
)

// Scopes that are most likely mistakes are told, and names of one's own are not.
func TestScopesThatAreNotMeant(t *testing.T) {
	t.Parallel()
	hint := func(scope string) string {
		return `means nothing to this server, only to what the application calls; did you mean "` + scope + `"?`
	}
	const noOpenID = "idp.yaml:11:5: clients[0].scopes: contains email, but not openid: without it there is no ID token, and userinfo answers nothing"
	for more, want := range map[string]string{
		"scopes: [openid, profil]":                           "idp.yaml:11:22: clients[0].scopes[1]: " + hint("profile"),
		"scopes: [openid, emial]":                            "idp.yaml:11:22: clients[0].scopes[1]: " + hint("email"),
		"scopes: [openid, offline-access]":                   "idp.yaml:11:22: clients[0].scopes[1]: " + hint("offline_access"),
		"scopes: [openid, Profile]":                          "idp.yaml:11:22: clients[0].scopes[1]: " + hint("profile"),
		"scopes: [openid, group]":                            "idp.yaml:11:22: clients[0].scopes[1]: " + hint("groups"),
		"scopes: [email, profile]":                           noOpenID,
		"scopes: [openid, email, profile, groups, admin]":    "",
		"scopes: [openid, notes.read, api, user, file, 'x']": "",
		"pkce: optional":                                     "",
		"scopes: [notes.read]":                               "",
	} {
		c, err := config.Parse("idp.yaml", []byte(minimal("")+"    "+more+"\n"), environment)
		if err != nil {
			t.Errorf("%s: %v", more, err)
		} else if got := c.Warnings().Error(); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", more, got, want)
		}
	}
}

// What people copy from is without warnings, and so are the presets.
func TestNoWarningWhereItIsCopied(t *testing.T) {
	t.Parallel()
	all, err := presets.All()
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{example(t)}
	for _, p := range all {
		texts = append(texts, minimal("")+"    scopes: ["+strings.Join(p.Scopes, ", ")+"]\n")
	}
	for _, text := range texts {
		c, err := config.Parse("idp.yaml", []byte(text), environment)
		if err != nil {
			t.Error(err)
		} else if w := c.Warnings(); len(w) > 0 {
			t.Error(w)
		}
	}
}
