package config_test

import (
	"strings"
	"testing"

	"idp/internal/config"
	"idp/internal/idp"
)

const doorClients = `
  - {id: ops, name: Ops, scopes: [openid, admin], secrets: ["sha256:notesnotesnotesnotesnotesnotesnotesnotesnot"], redirect_uris: [https://ops.example.com/callback]}
  - {id: robot, name: Robot, grant_types: [client_credentials], scopes: [admin], secrets: ["sha256:notesnotesnotesnotesnotesnotesnotesnotesnot"]}
  - {id: jwt, name: Jwt, access_token: at+jwt, scopes: [openid, admin], secrets: ["sha256:notesnotesnotesnotesnotesnotesnotesnotesnot"], redirect_uris: [https://jwt.example.com/callback]}
  - {id: bound, name: Bound, dpop: required, scopes: [openid, admin], secrets: ["sha256:notesnotesnotesnotesnotesnotesnotesnotesnot"], redirect_uris: [https://bound.example.com/callback]}
`

// Nobody opens the administrator's door by a half-written file.
func TestAdminDoor(t *testing.T) {
	for text, want := range map[string]string{
		"admin: {listen: 127.0.0.1:90, clients: [robot]}":                                      "",
		"admin: {listen: 127.0.0.1:90, clients: [ops]}":                                        "admin.group: is missing",
		"admin: {listen: 127.0.0.1:90, clients: [ops, robot], group: admins}":                  "",
		"admin: {listen: 127.0.0.1:90, clients: [nobody], group: admins}":                      "admin.clients[0]: is no client",
		"admin: {listen: 127.0.0.1:90, clients: [notes], group: admins}":                       "admin.clients[0]: needs admin among the scopes",
		"admin: {listen: 127.0.0.1:90, clients: [jwt], group: admins}":                         "admin.clients[0]: must have access_token: opaque",
		"admin: {listen: 127.0.0.1:90, clients: [bound], group: admins}":                       "admin.clients[0]: must not have dpop",
		"admin: {listen: 127.0.0.1:90, group: admins}":                                         "admin.group: has nothing to let people into",
		"admin: {listen: 127.0.0.1:90, url: 'http://127.0.0.1:90'}":                            "admin.group: is missing",
		"admin: {listen: 127.0.0.1:90, url: 'http://127.0.0.1:90', group: 'a b'}":              "admin.group: must be a group's name",
		"admin: {listen: 127.0.0.1:90, url: 'http://127.0.0.1:90', group: admins}":             "",
		"admin: {listen: 127.0.0.1:90, url: 'http://127.0.0.1:90/', group: admins}":            "admin.url: must be an address without a path",
		"admin: {listen: 127.0.0.1:90, url: 'http://a.example.com:90', group: admins}":         "admin.url: must be https",
		"admin: {listen: 127.0.0.1:90, url: 'https://a.example.com', group: admins}":           "admin.url: has a host that the listener does not answer for",
		"admin: {listen: 127.0.0.1:90, url: 'https://login.example.com', group: admins}":       "admin.url: must not be the issuer",
		"admin: {listen: 127.0.0.1:90, url: 'https://a.test', hosts: [a.test], group: admins}": "",
		"admin: {clients: [robot]}":                                                            "admin.listen: is missing",
	} {
		_, err := config.Parse("idp.yaml", []byte(minimal(text)+doorClients), environment)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	taken := strings.Replace(minimal("admin: {listen: 127.0.0.1:90, url: 'http://127.0.0.1:90', group: admins}"), "id: notes", "id: idp-console", 1)
	if _, err := config.Parse("idp.yaml", []byte(taken), environment); err == nil || !strings.Contains(err.Error(), "which clients has already") {
		t.Error(err)
	}
}

// The console is an application only where nobody else can hear the listener.
func TestConsoleIsAClient(t *testing.T) {
	for listen, want := range map[string]bool{"127.0.0.1:90": true, "0.0.0.0:90": false} {
		text := "admin: {listen: '" + listen + "', allow_plaintext: true, url: 'http://127.0.0.1:90', group: admins}\ngroups: {admins: {domains: [example.com]}}"
		cfg, err := config.Parse("idp.yaml", []byte(minimal(text)), environment)
		if err != nil {
			t.Fatal(err)
		}
		if got := cfg.Declared[len(cfg.Declared)-1].ID == config.ConsoleClient; got != want {
			t.Errorf("at %s: %v", listen, got)
		}
		for _, c := range []struct {
			user idp.User
			want bool
		}{
			{idp.User{Email: "ada@example.com"}, true}, {idp.User{Email: "ada@example.org"}, false}, {idp.User{}, false},
			{idp.User{Email: "ada@example.org", Groups: []string{"admins"}}, true}, {idp.User{Email: "ada@example.org", Groups: []string{"admin"}}, false},
		} {
			if cfg.Administers(&c.user) != c.want {
				t.Errorf("%v administers: %v", c.user, !c.want)
			}
		}
	}
}
