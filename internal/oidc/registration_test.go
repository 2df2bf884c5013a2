package oidc_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/idp"
	"idp/internal/secret"
)

const initialToken = "an initial access token of the tests"

func registering(limit int) apptest.Option {
	return apptest.Configure(func(c *config.Config) {
		token := config.KnownRegistrationToken(secret.TokenOf(initialToken))
		c.Registration = config.Registration{Enabled: true, AccessTokens: []config.RegistrationToken{token}, Scopes: []string{"openid", "email", "offline_access"}, MaxClients: limit}
	})
}

// call sends JSON with a bearer token.
func call(t *testing.T, p *apptest.Provider, method, path, token string, body any) apptest.Reply {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	if body == nil {
		raw = nil
	}
	req, err := http.NewRequestWithContext(t.Context(), method, p.NewRequest(path, nil).URL.String(), strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return p.Do(req)
}

type object = map[string]any

func application(more object) object {
	out := object{"client_name": "Registered", "redirect_uris": []string{"https://reg.example.com/callback"}, "grant_types": []string{"authorization_code", "refresh_token"}}
	for k, v := range more {
		out[k] = v
	}
	return out
}

func TestRegisteredClientLives(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		made := call(t, p, "POST", "/oauth/register", initialToken, application(nil))
		if made.Status != http.StatusCreated || made.Text("client_secret") == "" || made.JSON["client_secret_expires_at"] != 0.0 || made.Text("scope") != "openid email offline_access" {
			t.Fatalf("%s", made)
		}
		uncached(t, "registration", made.Header)
		c := apptest.Client{ID: made.Text("client_id"), Secret: made.Text("client_secret"), Redirect: "https://reg.example.com/callback"}
		own, token := made.Text("registration_client_uri"), made.Text("registration_access_token")

		b := p.Browser()
		b.SignIn(apptest.NewRequest(apptest.Web), ada)
		p.Clock.Advance(time.Second)
		if got := asks(b.Authorize(apptest.NewRequest(c))); got != "/login/consent" {
			t.Errorf("a registered client: %s, want the consent page", got)
		}
		tokens := b.Tokens(apptest.Offline(c), ada)
		alive(t, "registered", p, c, tokens.Access())
		granted(t, "refresh", p.Refresh(c, tokens.Refresh(), ""))

		if r := call(t, p, "GET", own, token, nil); r.Status != http.StatusOK || r.Text("client_name") != "Registered" || r.Text("client_secret") != "" || r.Text("registration_access_token") != token {
			t.Errorf("read: %s", r)
		}
		changed := application(object{"client_id": c.ID, "client_secret": c.Secret, "redirect_uris": []string{"https://reg.example.com/new"}})
		if r := call(t, p, "PUT", own, token, changed); r.Status != http.StatusOK || r.Text("client_secret") != "" || !strings.Contains(r.Body, "/new") {
			t.Errorf("change: %s", r)
		}
		if page := b.Authorize(apptest.NewRequest(c)); page.Status != http.StatusBadRequest {
			t.Errorf("the old redirect URI still works: %s", page)
		}
		c.Redirect = "https://reg.example.com/new"
		if got := asks(b.Authorize(apptest.NewRequest(c))); got != "/login/consent" {
			t.Errorf("the new redirect URI: %s", got)
		}
		dump := p.Dump()
		for what, text := range map[string]string{"secret": c.Secret, "registration access token": token} {
			if strings.Contains(dump, text) {
				t.Errorf("the database holds the %s", what)
			}
		}
		if r := call(t, p, "DELETE", own, token, nil); r.Status != http.StatusNoContent {
			t.Errorf("remove: %s", r)
		}
		refused(t, "removed", p.Refresh(c, tokens.Refresh(), ""), http.StatusUnauthorized, "invalid_client")
		refused(t, "removed: userinfo", p.Get("/userinfo", tokens.Access()), http.StatusUnauthorized, "invalid_token")
		for _, method := range []string{"GET", "DELETE"} {
			if r := call(t, p, method, own, token, nil); r.Status != http.StatusUnauthorized {
				t.Errorf("%s after removal: %s", method, r)
			}
		}
	}, registering(10))
}

// An administrator stops one that went astray, though nobody closed registration.
func TestRegisteredClientIsRemoved(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		made := call(t, p, "POST", "/oauth/register", initialToken, application(nil))
		c := apptest.Client{ID: made.Text("client_id"), Secret: made.Text("client_secret"), Redirect: "https://reg.example.com/callback"}
		b := p.Browser()
		tokens := b.Tokens(apptest.Offline(c), ada)
		if err := p.App.Store.RemoveClient(t.Context(), apptest.Web.ID, p.Clock.Now()); !errors.Is(err, idp.ErrNotFound) {
			t.Errorf("one of the configuration: %v", err)
		}
		if err := p.App.Store.RemoveClient(t.Context(), c.ID, p.Clock.Now()); err != nil {
			t.Fatal(err)
		}
		refused(t, "removed: userinfo", p.Get("/userinfo", tokens.Access()), http.StatusUnauthorized, "invalid_token")
		if err := p.App.Clients.Reload(t.Context()); err != nil { // as every server does within seconds
			t.Fatal(err)
		}
		refused(t, "removed", p.Refresh(c, tokens.Refresh(), ""), http.StatusUnauthorized, "invalid_client")
		if page := b.Authorize(apptest.NewRequest(c)); page.Status != http.StatusBadRequest {
			t.Errorf("removed: %s", page)
		}
		if r := call(t, p, "GET", made.Text("registration_client_uri"), made.Text("registration_access_token"), nil); r.Status != http.StatusUnauthorized {
			t.Errorf("its registration: %s", r)
		}
	}, registering(10))
}

func TestRegistrationIsRefused(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for _, token := range []string{"", "wrong", initialToken + "x", config.RegistrationHashText(secret.TokenOf(initialToken))} {
			if r := call(t, p, "POST", "/oauth/register", token, application(nil)); r.Status != http.StatusUnauthorized || r.Header.Get("WWW-Authenticate") == "" {
				t.Errorf("token %q: %s", token, r)
			}
		}
		for what, c := range map[string]struct {
			body  object
			fault string
		}{
			"http":               {application(object{"redirect_uris": []string{"http://reg.example.com/"}}), "invalid_redirect_uri"},
			"look-alike":         {application(object{"redirect_uris": []string{"https://\u0430pple.com/"}}), "invalid_redirect_uri"},
			"no redirect":        {object{"client_name": "x"}, "invalid_redirect_uri"},
			"javascript":         {application(object{"redirect_uris": []string{"javascript:alert(1)"}}), "invalid_redirect_uri"},
			"key":                {application(object{"token_endpoint_auth_method": "private_key_jwt"}), "invalid_client_metadata"},
			"implicit":           {application(object{"grant_types": []string{"implicit"}}), "invalid_client_metadata"},
			"native with secret": {application(object{"application_type": "native"}), "invalid_client_metadata"},
		} {
			refused(t, what, call(t, p, "POST", "/oauth/register", initialToken, c.body), http.StatusBadRequest, c.fault)
		}
		made := call(t, p, "POST", "/oauth/register", initialToken, application(object{"token_endpoint_auth_method": "none"}))
		other := call(t, p, "POST", "/oauth/register", initialToken, application(nil))
		if made.Status != http.StatusCreated || made.Text("client_secret") != "" || other.Status != http.StatusCreated {
			t.Fatalf("%s %s", made, other)
		}
		own, id := made.Text("registration_client_uri"), made.Text("client_id")
		for _, method := range []string{"GET", "PUT", "DELETE"} {
			for what, token := range map[string]string{"no token": "", "the initial token": initialToken, "another client's": other.Text("registration_access_token")} {
				if r := call(t, p, method, own, token, application(object{"client_id": id})); r.Status != http.StatusUnauthorized {
					t.Errorf("%s with %s: %s", method, what, r)
				}
			}
		}
		token := made.Text("registration_access_token")
		for what, more := range map[string]object{
			"no client_id": nil, "another client_id": {"client_id": other.Text("client_id")}, "a token": {"client_id": id, "registration_access_token": token},
			"a secret of its own choice": {"client_id": id, "client_secret": "mine"},
		} {
			refused(t, what, call(t, p, "PUT", own, token, application(more)), http.StatusBadRequest, "invalid_client_metadata")
		}
	}, registering(10))
}

// However many ask at once, no more are registered than the configuration says.
func TestRegistrationsAreCounted(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		var wg sync.WaitGroup
		got := make([]apptest.Reply, 12)
		for i := range got {
			wg.Go(func() {
				got[i] = call(t, p, "POST", "/oauth/register", initialToken, application(object{"client_name": fmt.Sprint("App ", i)}))
			})
		}
		wg.Wait()
		made := 0
		for _, r := range got {
			if r.Status == http.StatusCreated {
				made++
			} else if r.Status != http.StatusForbidden {
				t.Errorf("%s", r)
			}
		}
		if made != 3 {
			t.Errorf("%d registrations, want 3", made)
		}
	}, registering(3))
}

func TestRegistrationIsOffByDefault(t *testing.T) {
	p := one(t)
	if r := call(t, p, "POST", "/oauth/register", initialToken, application(nil)); r.Status != http.StatusNotFound && r.Status != http.StatusMethodNotAllowed {
		t.Errorf("%s", r)
	}
}
