package adminapi_test

import (
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/audit"
	"idp/internal/config"
	"idp/internal/testdb"
)

// Threat: the API on a network, where tokens could be read on their way.
func TestNoAPIForStrangers(t *testing.T) {
	t.Parallel()
	p := newProvider(t, apptest.Configure(func(c *config.Config) {
		c.Admin.Listen, c.Admin.AllowPlaintext, c.Admin.URL = "0.0.0.0:9090", true, "http://127.0.0.1:9090"
		c.Declare()
	}))
	boss := person(p, ops, root, "openid admin")
	for _, path := range []string{"/api/v1/users", "/api/openapi.json", "/", "/sign-in"} {
		if a := ask(t, p, "GET", path, boss, ""); a.StatusCode != 404 {
			t.Errorf("%s: %s", path, a)
		}
	}
	if a := ask(t, p, "GET", "/metrics", "", ""); a.StatusCode != 200 {
		t.Error(a)
	}
	if log := p.Logs.String(); !strings.Contains(log, "API and console are off") {
		t.Error("the log does not say so")
	}
}

// What the API shows of an application opens nothing.
func TestNoSecretsOfClients(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	boss := machine(p, robot, "admin")
	for _, path := range []string{"/api/v1/clients", "/api/v1/clients/ops"} {
		a := ask(t, p, "GET", path, boss, "")
		if !strings.Contains(a.body, `"secrets":1`) {
			t.Errorf("%s: %s", path, a)
		}
		stored, err := p.App.Store.ClientRecords(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range stored {
			for _, hash := range c.SecretHashes {
				if strings.Contains(a.body, string(hash)) {
					t.Errorf("%s shows a hash of %s", path, c.ID)
				}
			}
		}
	}
}

// Who did it stands in the audit log, and from where.
func TestTheActorIsTold(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	ada := user(t, p, "ada@example.com")
	rootID := user(t, p, root)
	boss, bot := person(p, ops, root, "openid admin"), machine(p, robot, "admin")
	for _, c := range []struct{ verb, token, actor string }{{"disable", boss, "admin:" + rootID}, {"enable", bot, "admin:robot"}} {
		if a := ask(t, p, "POST", "/api/v1/users/"+ada+"/"+c.verb, c.token, ""); a.StatusCode != 200 {
			t.Error(a)
		}
		a := ask(t, p, "GET", "/api/v1/audit?user="+ada+"&name=user."+c.verb+"d&actor="+c.actor, bot, "")
		if !strings.Contains(a.body, `"ip":"192.0.2.1"`) {
			t.Errorf("%s: %s", c.verb, a)
		}
	}
}

// What was refused to somebody who may administer is there too.
func TestRefusedChangesAreTold(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	bot := machine(p, robot, "admin")
	for _, c := range []struct{ method, path, body, change, result string }{
		{"POST", "/api/v1/invitations", `{"email":"new@example.com","client":"none"}`, "user.invited", "invalid"},
		{"POST", "/api/v1/invitations", `{"email":"no address"}`, "user.invited", "invalid"},
		{"POST", "/api/v1/keys/rotate", `{"algorithm":"HS256"}`, "key.rotated", "invalid"},
		{"DELETE", "/api/v1/users/usr_none", "", "user.deleted", "unknown"},
		{"PUT", "/api/v1/users/usr_none/groups", `{"groups":["staff"]}`, "user.groups_changed", "unknown"},
	} {
		refused := ask(t, p, c.method, c.path, bot, c.body)
		if refused.StatusCode < 400 || refused.StatusCode >= 500 {
			t.Errorf("%s %s: %s", c.method, c.path, refused)
		}
		seen, err := p.App.Store.Events(t.Context(), audit.Query{Name: string(audit.AdminChangeRefused), Limit: 1})
		if err != nil || len(seen) != 1 || seen[0].Actor != "admin:robot" || seen[0].IP != "192.0.2.1" || seen[0].Result != c.result ||
			seen[0].Detail != audit.Detail("change", c.change) || !strings.Contains(refused.body, seen[0].RequestID) {
			t.Errorf("%s %s: %+v, %v", c.method, c.path, seen, err)
		}
	}
}

// A path that is no text names nobody, and is no fault of the server.
func TestPathsThatAreNoText(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, url string) {
		p := apptest.New(t, url, apptest.Clients(clientsYAML), apptest.Settings(adminYAML),
			apptest.Configure(func(c *config.Config) { c.Groups["admins"] = config.Members{Emails: []string{root}} }))
		boss := machine(p, robot, "admin")
		for _, path := range []string{"/api/v1/users/%00", "/api/v1/users/a%00@example.com", "/api/v1/users/%ff", "/api/v1/users/%ff/sessions"} {
			if a := ask(t, p, "GET", path, boss, ""); a.StatusCode != 404 && a.StatusCode != 400 {
				t.Errorf("%s: %s", path, a)
			}
		}
		for _, path := range []string{"/api/v1/sessions/%00", "/api/v1/grants/%ff"} {
			if a := ask(t, p, "DELETE", path, boss, ""); a.StatusCode != 404 {
				t.Errorf("%s: %s", path, a)
			}
		}
	})
}
