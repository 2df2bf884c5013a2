package backup_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/backup"
	"idp/internal/magiclink"
	"idp/internal/prove"
	"idp/internal/storage"
	"idp/internal/testdb"
)

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

// hand is what people and applications hold of an installation.
type hand struct {
	session, asked string // cookies: of ada, and of the browser that asked for bob's mail
	request        apptest.Request
	code           string
	tokens         apptest.Reply
	wait           string // where bob's browser waits
	mail           apptest.Mail
	device         apptest.Reply
	invitation     string
	pushed         apptest.Request
	own            string // access token of a client for itself
}

// fill uses an installation until every kind of secret is in hand and none of the
// one-shots is used.
func fill(t *testing.T, p *apptest.Provider) *hand {
	t.Helper()
	h := &hand{request: apptest.Offline(apptest.Web)}
	ada := p.Browser()
	h.tokens = ada.Tokens(h.request, "ada@example.com")
	h.session = ada.Cookie(apptest.SessionCookie)
	h.device = p.Post("/oauth/device_authorization", apptest.TV, url.Values{"scope": {"openid offline_access"}})
	page := ada.Submit(ada.Open("/device").Form("/device").Set("user_code", h.device.Text("user_code")))
	if done := ada.Submit(page.Form("/device/connect"), "connect"); done.Status != http.StatusOK {
		t.Fatalf("connect: %s", done)
	}
	bob := p.Browser()
	wait, mail := bob.Ask(bob.Open("/login"), "bob@example.com")
	h.asked, h.wait, h.mail = bob.Cookie(apptest.BrowserCookie), wait.URL.RequestURI(), mail
	i, err := magiclink.Invite(t.Context(), p.App.Store, "eve@example.com", "", 24*time.Hour, p.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	h.invitation = "/l/" + i.Link.Reveal()
	h.pushed = push(t, p)
	h.own = p.Post("/oauth/token", apptest.Machine, url.Values{"grant_type": {"client_credentials"}}).Access()
	h.code = ada.Authorize(h.request.With("prompt", "none")).MustAnswer().Code()
	return h
}

func push(t *testing.T, p *apptest.Provider) apptest.Request {
	t.Helper()
	r := apptest.NewRequest(apptest.Web)
	reply := p.Post("/oauth/par", r.Client, r.Params)
	if reply.Status != http.StatusCreated {
		t.Fatalf("push: %s", reply)
	}
	r.Params = url.Values{"client_id": {r.Client.ID}, "request_uri": {reply.Text("request_uri")}}
	return r
}

// use tries everything in hand at a provider and returns what was taken. Each is
// tried by whoever holds it, in browsers that know nothing else.
func (h *hand) use(t *testing.T, p *apptest.Provider) map[string]bool {
	t.Helper()
	taken := map[string]bool{}
	session := p.Browser()
	session.SetCookie(apptest.SessionCookie, h.session)
	a, ok := session.Authorize(apptest.NewRequest(apptest.Web).With("prompt", "none")).Answer()
	taken["session"] = ok && a.Code() != ""
	taken["access token, at userinfo"] = p.Get("/userinfo", h.tokens.Access()).Status == http.StatusOK
	taken["access token, at introspection"] = p.Introspect(apptest.Web, h.tokens.Access()).JSON["active"] == true
	taken["a client's own access token, at introspection"] = p.Introspect(apptest.Machine, h.own).JSON["active"] == true
	taken["authorization code"] = p.Redeem(h.request, h.code).Status == http.StatusOK
	taken["refresh token"] = p.Refresh(apptest.Web, h.tokens.Refresh(), "").Status == http.StatusOK
	p.Clock.Advance(6 * time.Second)
	taken["device code"] = p.Post("/oauth/token", apptest.TV, url.Values{"grant_type": {deviceGrant}, "device_code": {h.device.Text("device_code")}}).Status == http.StatusOK

	bob := p.Browser()
	bob.SetCookie(apptest.BrowserCookie, h.asked)
	taken["code of a mail"] = h.signsIn(bob, h.wait, func(page *apptest.Page) *apptest.Page {
		return bob.Submit(page.Form(page.URL.Path).Set("code", h.mail.Code))
	})
	eve := p.Browser()
	taken["invitation"] = h.signsIn(eve, h.invitation, func(page *apptest.Page) *apptest.Page { return eve.Submit(page.Form(page.URL.Path)) })
	// Only who is signed in gets as far as the use of a pushed request.
	other := p.Browser()
	other.SignInHere("carol@example.com")
	taken["pushed request"] = other.Authorize(h.pushed).MustAnswer().Code() != ""
	return taken
}

// link presses the link of bob's mail where it was asked for.
func (h *hand) link(p *apptest.Provider) bool {
	bob := p.Browser()
	bob.SetCookie(apptest.BrowserCookie, h.asked)
	link := h.mail.Link[strings.Index(h.mail.Link, "/l/"):]
	return h.signsIn(bob, link, func(page *apptest.Page) *apptest.Page { return bob.Submit(page.Form(page.URL.Path)) })
}

func (*hand) signsIn(b *apptest.Browser, path string, act func(*apptest.Page) *apptest.Page) bool {
	page := b.Open(path)
	if page.Status != http.StatusOK || !page.HasForm(page.URL.Path) {
		return false
	}
	act(page)
	return b.Cookie(apptest.SessionCookie) != ""
}

// at starts a provider on a database, at the time of another one.
func at(t *testing.T, database string, as *apptest.Provider) *apptest.Provider {
	t.Helper()
	p := apptest.New(t, database)
	p.Clock.Advance(as.Clock.Now().Sub(p.Clock.Now()))
	return p
}

// A backup, a day's work in a minute, and the backup restored: it has forgotten
// what was used since. Without a restore epoch every one-shot is good once more;
// with it nothing is, used or not, and people sign in anew.
func TestNothingIsReplayedAfterARestore(t *testing.T) {
	t.Parallel()
	testdb.EachKind(t, func(t *testing.T, kind string) {
		var without, with int
		for i := range prove.Count(1, 60) {
			t.Run(fmt.Sprint(i), func(t *testing.T) { // a server has room for the connections of a few providers
				p := apptest.New(t, testdb.URL(t, kind))
				h := fill(t, p)
				file := save(t, p.App.Store)
				for what, ok := range h.use(t, p) {
					if !ok {
						t.Fatalf("%s was refused in the first place", what)
					}
				}
				without += forgetful(t, kind, p, h, file)
				with += restored(t, kind, p, h, file)
			})
		}
		prove.Figure(t, fmt.Sprintf("%d used secrets tried after a restore on %s; without a restore epoch all are good once more", with, kind), "0 of %d accepted", with)
		if without < 9 || with < without {
			t.Errorf("%d and %d secrets are too few", without, with)
		}
	})
}

// forgetful restores without an epoch and returns how many secrets were good once
// more, which all must be: or the test would show nothing of them.
func forgetful(t *testing.T, kind string, p *apptest.Provider, h *hand, file []byte) (tried int) {
	t.Helper()
	url := testdb.URL(t, kind)
	if err := load(t.Context(), testdb.Open(t, url), file, storage.Import{}); err != nil {
		t.Fatal(err)
	}
	for what, ok := range h.use(t, at(t, url, p)) {
		tried++
		if !ok {
			t.Errorf("without an epoch %s was refused: this test shows nothing of it", what)
		}
	}
	return tried
}

// restored restores as idp restore does and returns how many secrets were tried,
// none of which may be good.
func restored(t *testing.T, kind string, p *apptest.Provider, h *hand, file []byte) (tried int) {
	t.Helper()
	after := p.Browser().Tokens(apptest.Offline(apptest.Web), "dan@example.com") // of whom the backup knows nothing
	url := testdb.URL(t, kind)
	_, epoch, err := backup.Restore{Now: p.Clock.Now()}.Into(t.Context(), testdb.Open(t, url), bytes.NewReader(file))
	if err != nil || epoch.Number != 1 || epoch.Sessions != 1 || epoch.Grants == 0 || epoch.Challenges < 2 || epoch.Devices != 1 {
		t.Fatalf("restore: %+v, %v", epoch, err)
	}
	q := at(t, url, p)
	all := h.use(t, q)
	all["link of a mail"] = h.link(q)
	all["refresh token from after the backup"] = q.Refresh(apptest.Web, after.Refresh(), "").Status == http.StatusOK
	for what, ok := range all {
		tried++
		if ok {
			t.Errorf("after the restore, the %s is good once more", what)
		}
	}
	again := q.Browser().Tokens(apptest.Offline(apptest.Web), "ada@example.com")
	if r := q.Refresh(apptest.Web, again.Refresh(), ""); r.Status != http.StatusOK {
		t.Errorf("who signs in anew cannot stay: %s", r)
	}
	if apptest.Claims(t, again.ID())["sub"] != apptest.Claims(t, h.tokens.ID())["sub"] {
		t.Error("the restored person is another one")
	}
	erin := q.Browser()
	erin.SignInHere("erin@example.com")
	if erin.Authorize(push(t, q)).MustAnswer().Code() == "" {
		t.Error("a request that is pushed now is refused")
	}
	return tried
}

// save writes a backup into memory.
func save(t testing.TB, s *storage.Store) []byte {
	t.Helper()
	v, err := s.Schema(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if _, err := backup.Write(&file, backup.Header{Schema: v.Have, MadeAt: time.Now()}, func(to storage.Sink) error { return s.Export(t.Context(), to) }); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// load writes a backup into a database, and nothing more.
func load(ctx context.Context, s *storage.Store, file []byte, how storage.Import) error {
	_, err := s.Import(ctx, how, func(to storage.Sink) error {
		_, _, err := backup.Read(bytes.NewReader(file), to)
		return err
	})
	return err
}
