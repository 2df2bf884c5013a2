package oidc_test

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"idp/internal/app"
	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/idp"
	"idp/internal/testdb"
)

const endOthers = "/account/sessions/end-others"

// heard verifies a logout token the way a stranger's library does it (OpenID
// Connect Back-Channel Logout §2.6), and what it is lenient about.
func heard(t *testing.T, p *apptest.Provider, a *apptest.Application, raw string) *oidc.LogoutToken {
	t.Helper()
	ctx := oidc.ClientContext(t.Context(), p.HTTPClient())
	provider, err := oidc.NewProvider(ctx, p.URL)
	if err != nil {
		t.Fatal(err)
	}
	token, err := provider.Verifier(&oidc.Config{ClientID: a.ID, Now: p.Clock.Now}).VerifyLogout(ctx, raw)
	if err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	claims := apptest.Claims(t, raw)
	events, err := json.Marshal(claims["events"])
	if err != nil || string(events) != `{"http://schemas.openid.net/event/backchannel-logout":{}}` {
		t.Errorf("events %s, %v", events, err)
	}
	if _, found := claims["nonce"]; found || apptest.JOSEHeader(t, raw)["typ"] != "logout+jwt" {
		t.Errorf("%v %v", apptest.JOSEHeader(t, raw), claims)
	}
	iat, _ := claims["iat"].(float64)
	exp, _ := claims["exp"].(float64)
	if exp-iat != 120 || claims["jti"] == "" || len(claims) != 8 {
		t.Errorf("claims %v", claims)
	}
	return token
}

// eachWith is each for a provider and running applications of these ids.
func eachWith(t *testing.T, ids []string, more []string, test func(t *testing.T, p *apptest.Provider, apps []*apptest.Application)) {
	t.Helper()
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, url string) {
		var apps []*apptest.Application
		var opts []apptest.Option
		for _, id := range ids {
			a := apptest.NewApplication(t, id)
			apps, opts = append(apps, a), append(opts, apptest.Clients(a.Registration(more...)))
		}
		test(t, apptest.New(t, url, opts...), apps)
	})
}

// Signing out at one application tells all of the session, and nobody else, in
// each one's own algorithm.
func TestBackchannelLogout(t *testing.T) {
	eachWith(t, []string{"notes"}, nil, func(t *testing.T, p *apptest.Provider, apps []*apptest.Application) {
		notes := apps[0]
		b, elsewhere := p.Browser(), p.Browser()
		id := b.Tokens(apptest.NewRequest(notes.Client), ada).ID()
		elsewhere.Tokens(apptest.NewRequest(notes.Client), ada)
		confirmed(t, b, b.Open(endSession("id_token_hint", id)), true)
		token, claims := heard(t, p, notes, notes.NextToken(t)), apptest.Claims(t, id)
		if token.SessionID != claims["sid"] || token.Subject != claims["sub"] || token.SessionID == "" {
			t.Errorf("a token of session %s for %s, want %v for %v", token.SessionID, token.Subject, claims["sid"], claims["sub"])
		}
		if !isSignedIn(elsewhere) || notes.Tokens() != 0 {
			t.Error("the session of another browser ended too")
		}
	})
}

func TestBackchannelLogoutAlgorithms(t *testing.T) {
	t.Parallel()
	for _, alg := range []string{"RS256", "ES256", "EdDSA", "PS256"} {
		a := apptest.NewApplication(t, "notes")
		p := apptest.New(t, testdb.URL(t, "sqlite"), apptest.Clients(a.Registration("id_token_alg: "+alg)))
		b := p.Browser()
		id := b.Tokens(apptest.NewRequest(a.Client), ada).ID()
		confirmed(t, b, b.Open(endSession("id_token_hint", id)), true)
		raw := a.NextToken(t)
		heard(t, p, a, raw)
		if got := apptest.JOSEHeader(t, raw)["alg"]; got != alg {
			t.Errorf("signed with %v, want %s", got, alg)
		}
		// It proves nothing at the endpoints of ours that take ID tokens.
		errorPage(t, "a logout token for a hint", b.Open(endSession("id_token_hint", raw)))
		if got := asks(b.Authorize(apptest.NewRequest(a.Client).With("id_token_hint", raw))); got != "invalid_request" {
			t.Errorf("a logout token for a hint: %s", got)
		}
	}
}

// Every way that a session ends is heard of.
func TestEveryEndIsHeardOf(t *testing.T) {
	ends := map[string]func(t *testing.T, p *apptest.Provider, b *apptest.Browser, userID string){
		"sign-out of the account page": func(_ *testing.T, _ *apptest.Provider, b *apptest.Browser, _ string) {
			b.Submit(b.Open("/account").Form("/logout"))
		},
		"end from another browser": func(t *testing.T, p *apptest.Provider, _ *apptest.Browser, userID string) {
			other := p.Browser()
			other.SignInHere(ada)
			sessions, err := p.App.Store.Sessions(context.Background(), userID, p.Clock.Now())
			if err != nil || len(sessions) != 2 {
				t.Fatal(sessions, err)
			}
			end := "/account/sessions/" + sessions[1].ID + "/end"
			other.Submit(other.Open(end).Form(end))
		},
		"end of all others": func(_ *testing.T, p *apptest.Provider, _ *apptest.Browser, _ string) {
			other := p.Browser()
			other.SignInHere(ada)
			other.Submit(other.Open(endOthers).Form(endOthers))
		},
		"disabled user": func(t *testing.T, p *apptest.Provider, _ *apptest.Browser, userID string) {
			if err := p.App.Store.DisableUser(context.Background(), userID, p.Clock.Now()); err != nil {
				t.Fatal(err)
			}
			p.App.Logout.Wake()
		},
		"removed client": func(t *testing.T, p *apptest.Provider, _ *apptest.Browser, _ string) {
			all, err := p.App.Store.Clients(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			rest := slices.DeleteFunc(all, func(c idp.Client) bool { return c.ID == "notes" })
			if err := app.SyncClients(context.Background(), p.App.Store, rest, p.Clock.Now(), p.Logs.Logger()); err != nil {
				t.Fatal(err)
			}
			p.App.Logout.Wake()
		},
	}
	for what, end := range ends {
		t.Run(what, func(t *testing.T) {
			eachWith(t, []string{"notes"}, nil, func(t *testing.T, p *apptest.Provider, apps []*apptest.Application) {
				b := p.Browser()
				tokens := b.Tokens(apptest.Offline(apps[0].Client), ada)
				p.Clock.Advance(time.Minute)
				claims := apptest.Claims(t, tokens.ID())
				user, _ := claims["sub"].(string)
				end(t, p, b, user)
				if token := heard(t, p, apps[0], apps[0].NextToken(t)); token.SessionID != claims["sid"] {
					t.Errorf("session %s ended, want %v", token.SessionID, claims["sid"])
				}
				if what != "sign-out of the account page" { // all others take refresh tokens too
					if r := p.Refresh(apps[0].Client, tokens.Refresh(), ""); r.Status == http.StatusOK {
						t.Error("the refresh token still works")
					}
				}
			})
		})
	}
}

// A client that does not answer keeps no other waiting, and has at most two
// deliveries to think about.
func TestSlowClientDelaysNobody(t *testing.T) {
	eachWith(t, []string{"slow", "quick"}, nil, func(t *testing.T, p *apptest.Provider, apps []*apptest.Application) {
		slow, quick := apps[0], apps[1]
		const people = 6
		release := make(chan struct{})
		slow.Answers(func(http.ResponseWriter, *http.Request) { <-release })
		for range people {
			b := p.Browser()
			b.Tokens(apptest.NewRequest(slow.Client), ada)
			b.Tokens(apptest.NewRequest(quick.Client), ada)
		}
		last := p.Browser()
		last.SignInHere(ada)
		last.Submit(last.Open(endOthers).Form(endOthers))
		for range people {
			heard(t, p, quick, quick.NextToken(t))
		}
		if n := slow.Tokens(); n > 2 {
			t.Errorf("the slow client was asked %d times at once", n)
		}
		slow.Answers(func(http.ResponseWriter, *http.Request) {})
		close(release)
		for range people {
			heard(t, p, slow, slow.NextToken(t))
		}
	})
}

// The tokens of two tries differ, and the log names no secret of them.
func TestNoticeIsTriedAgain(t *testing.T) {
	eachWith(t, []string{"notes"}, nil, func(t *testing.T, p *apptest.Provider, apps []*apptest.Application) {
		notes := apps[0]
		notes.Answers(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
		b := p.Browser()
		id := b.Tokens(apptest.NewRequest(notes.Client), ada).ID()
		confirmed(t, b, b.Open(endSession("id_token_hint", id)), true)
		first := notes.NextToken(t)
		waitFor(t, p, `"state":"deferred"`)
		notes.Answers(func(http.ResponseWriter, *http.Request) {})
		p.Clock.Advance(10 * time.Second)
		p.App.Logout.Wake()
		second := notes.NextToken(t)
		if a, b := heard(t, p, notes, first), heard(t, p, notes, second); a.TokenID == b.TokenID || a.SessionID != b.SessionID {
			t.Errorf("tokens %+v and %+v", a, b)
		}
		waitFor(t, p, `"state":"delivered"`)
		if strings.Contains(p.Logs.String(), second) {
			t.Error("the log has a logout token")
		}
	})
}

// A company's own certificate authority is trusted when the configuration names
// it, and only then.
func TestNoticesOverTLS(t *testing.T) {
	t.Parallel()
	for _, trusted := range []bool{true, false} {
		a := apptest.NewTLSApplication(t, "notes")
		file := filepath.Join(t.TempDir(), "ca.pem")
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Certificate.Raw}), 0o600); err != nil {
			t.Fatal(err)
		}
		p := apptest.New(t, testdb.URL(t, "sqlite"), apptest.Clients(a.Registration()), apptest.Configure(func(c *config.Config) {
			if trusted {
				c.HTTP.TrustedCAs = []string{file}
			}
		}))
		b := p.Browser()
		id := b.Tokens(apptest.NewRequest(a.Client), ada).ID()
		confirmed(t, b, b.Open(endSession("id_token_hint", id)), true)
		if trusted {
			heard(t, p, a, a.NextToken(t))
			continue
		}
		if waitFor(t, p, `"state":"deferred"`); a.Tokens() != 0 || !strings.Contains(p.Logs.String(), "certificate signed by unknown authority") {
			t.Error("a certificate that nobody vouches for was accepted")
		}
	}
}

// waitFor waits until the provider has logged a text.
func waitFor(t *testing.T, p *apptest.Provider, text string) {
	t.Helper()
	patience := time.After(20 * time.Second)
	for {
		next := p.Logs.Next()
		if strings.Contains(p.Logs.String(), text) {
			return
		}
		select {
		case <-next:
		case <-patience:
			t.Fatalf("nobody logs %s", text)
		}
	}
}
