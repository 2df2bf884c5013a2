package gate_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/testdb"
)

var (
	ops   = apptest.Confidential("ops")
	robot = apptest.Client{ID: "robot", Secret: apptest.Confidential("robot").Secret}
)

const clientsYAML = `
  - {id: ops, name: Ops, scopes: [openid, offline_access, admin], secrets: ["env:OPS_SECRET"], redirect_uris: ["https://ops.example.com/callback"]}
  - {id: robot, name: Robot, grant_types: [client_credentials], scopes: [admin], secrets: ["env:ROBOT_SECRET"]}
`

// house is a running provider with a door, and somebody who knocks.
type house struct {
	*apptest.Provider
	t *testing.T
}

func eachHouse(t *testing.T, test func(h *house)) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, database string) {
		p := apptest.New(t, database, apptest.Clients(clientsYAML), apptest.Settings("\nadmin: {listen: 127.0.0.1:9090, group: admins, clients: [ops, robot]}\n"),
			apptest.Configure(func(c *config.Config) { c.Groups["admins"] = config.Members{Emails: []string{boss.Email}} }))
		test(&house{p, t})
	})
}

// knock asks the door, and returns the status and the problem's name.
func (h *house) knock(method, path, token string, headers ...string) (int, string) {
	h.t.Helper()
	r := httptest.NewRequest(method, path, nil)
	r.Host = "127.0.0.1:9090"
	r.Header.Set("Authorization", "Bearer "+token)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.App.Admin.Handler().ServeHTTP(w, r)
	_, why, _ := strings.Cut(w.Body.String(), "urn:idp:problem:")
	why, _, _ = strings.Cut(why, `"`)
	return w.Code, why
}

// opens asks whether the door opens, and for the right reason if it does not.
func (h *house) opens(what, token, refusal string) {
	h.t.Helper()
	status, why := h.knock(http.MethodGet, "/api/v1/health", token)
	if refusal == "" && status != http.StatusOK || refusal != "" && (status == http.StatusOK || why != refusal) {
		h.t.Errorf("%s: %d %s, want %q", what, status, why, refusal)
	}
}

func (h *house) person(b *apptest.Browser, scope string) string {
	request := apptest.NewRequest(ops).With("scope", scope)
	return h.Redeem(request, b.SignIn(request, boss.Email).Code()).Access()
}

// Threat: a token that outlives what it was given for. It opens the door as long as
// the session behind it, and not a moment longer.
func TestTheDoorClosesWithTheSession(t *testing.T) {
	eachHouse(t, func(h *house) {
		b := h.Browser()
		token := h.person(b, "openid admin")
		h.opens("a session", token, "")
		account, err := h.App.Store.Account(h.t.Context(), boss.Email)
		if err != nil {
			h.t.Fatal(err)
		}
		if _, err := h.App.Store.EndOtherSessions(h.t.Context(), account.ID, "", h.Clock.Now()); err != nil {
			h.t.Fatal(err)
		}
		h.opens("an ended session", token, "invalid_token")

		token = h.person(h.Browser(), "openid admin")
		lasting := h.person(h.Browser(), "openid offline_access admin")
		if err := h.App.Store.SetUserGroups(h.t.Context(), account.ID, nil, []string{"staff"}, h.Clock.Now()); err != nil {
			h.t.Fatal(err)
		}
		h.opens("another group beside the configuration's", token, "")
		h.Exec(`UPDATE sessions SET expires_at = 1`)
		h.opens("a session that is over", token, "invalid_token")
		h.opens("offline_access, which needs none", lasting, "")
		h.Clock.Advance(time.Hour)
		h.opens("an hour later", lasting, "expired_token")
	})
}

// Threat: a robot's token after the robot may no longer have one.
func TestTheDoorKnowsRobotsOfNow(t *testing.T) {
	eachHouse(t, func(h *house) {
		token := h.Post("/oauth/token", robot, url.Values{"grant_type": {"client_credentials"}, "scope": {"admin"}}).Access()
		h.opens("a robot", token, "")
		if _, err := h.App.Store.RaiseEpoch(h.t.Context(), "test", h.Clock.Now()); err != nil {
			h.t.Fatal(err)
		}
		h.opens("a robot's token of before the epoch", token, "invalid_token")
		h.Clock.Advance(time.Second)
		token = h.Post("/oauth/token", robot, url.Values{"grant_type": {"client_credentials"}, "scope": {"admin"}}).Access()
		h.opens("a robot's token of after the epoch", token, "")
		h.Clock.Advance(time.Hour)
		h.opens("a robot's token, an hour later", token, "expired_token")
	})
}

// Threat: another method than the table's, or a page of another site, that carries a
// right token along.
func TestTheDoorHasItsMethods(t *testing.T) {
	eachHouse(t, func(h *house) {
		token := h.person(h.Browser(), "openid admin")
		for _, c := range []struct {
			method, path string
			status       int
		}{
			{http.MethodGet, "/api/v1/keys/rotate", 405}, {http.MethodHead, "/api/v1/keys/rotate", 405}, {http.MethodPut, "/api/v1/keys/rotate", 405},
			{http.MethodDelete, "/api/v1/health", 405}, {"TRACE", "/api/v1/health", 405}, {http.MethodPatch, "/api/v1/users/x", 405},
			{http.MethodGet, "/api/v1/nothing", 404}, {http.MethodGet, "/api/v1/health", 200},
		} {
			if status, _ := h.knock(c.method, c.path, token); status != c.status {
				h.t.Errorf("%s %s: %d", c.method, c.path, status)
			}
		}
		for _, header := range [][]string{{"Origin", "https://evil.example"}, {"Origin", "null"}, {"Sec-Fetch-Site", "cross-site"}} {
			if status, _ := h.knock(http.MethodPost, "/api/v1/keys/rotate", token, header...); status < 400 {
				h.t.Errorf("%v: %d", header, status)
			}
		}
		if status, _ := h.knock(http.MethodGet, "/api/v1/health", token, "X-HTTP-Method-Override", "DELETE"); status != 200 {
			h.t.Errorf("an override is heard: %d", status)
		}
	})
}
