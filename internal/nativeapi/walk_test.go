package nativeapi_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/nativeapi"
)

// The three ways in give the same kind of answer, whose tokens work everywhere.
func TestWholeWalk(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for way, prove := range map[string]func(asked) apptest.Reply{
			"link": func(m asked) apptest.Reply { return p.JSON(nativeapi.PathLink, apptest.Phone, "token", m.Token) },
			"link of asker": func(m asked) apptest.Reply {
				return p.JSON(nativeapi.PathLink, apptest.Phone, "token", m.Token, "challenge", m.challenge)
			},
			"code": func(m asked) apptest.Reply {
				return p.JSON(nativeapi.PathCode, apptest.Phone, "code", m.Code, "challenge", m.challenge)
			},
			"code by email": func(m asked) apptest.Reply {
				return p.JSON(nativeapi.PathCode, apptest.Phone, "code", m.Code, "email", " Ada@Example.com ")
			},
		} {
			mail := ask(t, p, apptest.Phone, ada)
			before := p.Clock.Now()
			reply := prove(mail)
			person, _ := reply.JSON["user"].(map[string]any)
			if reply.Status != http.StatusOK || len(reply.JSON) != 5 || len(person) != 2 || person["email"] != ada {
				t.Fatalf("%s: %s", way, reply)
			}
			ends, err := time.Parse(time.RFC3339, reply.Text("expires_at"))
			if life := ends.Sub(before); err != nil || life < 59*time.Minute || life > time.Hour+time.Minute || !strings.HasSuffix(reply.Text("expires_at"), "Z") {
				t.Errorf("%s: expires_at %s, %v", way, reply.Text("expires_at"), err)
			}
			id, _ := person["id"].(string)
			tokensWork(t, p, way, reply, id)
			if again := prove(mail); again.Status != http.StatusUnauthorized {
				t.Errorf("%s, once more: %s", way, again)
			}
		}
	})
}

// tokensWork takes the tokens of a sign-in through all that they are good for.
func tokensWork(t *testing.T, p *apptest.Provider, way string, reply apptest.Reply, id string) {
	t.Helper()
	session := reply.Text("session_token")
	if info := p.Get("/userinfo", session); info.Text("sub") != id || info.Text("email") != ada {
		t.Errorf("%s: userinfo %s", way, info)
	}
	me := bearer(p, http.MethodGet, nativeapi.PathMe, session)
	who, _ := me.JSON["user"].(map[string]any)
	if who["id"] != id || who["email"] != ada || who["email_verified"] != true || who["name"] != "ada" || me.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s: me %s", way, me)
	}
	next := p.Refresh(apptest.Phone, reply.Text("refresh_token"), "")
	if next.Status != http.StatusOK || next.Refresh() == "" || next.Refresh() == reply.Text("refresh_token") || next.JSON["expires_in"] != 3600.0 {
		t.Fatalf("%s: refresh %s", way, next)
	}
	if out := bearer(p, http.MethodPost, nativeapi.PathSignOut, next.Access()); out.Body != `{"status":"signed out"}` {
		t.Errorf("%s: sign-out %s", way, out)
	}
	for what, token := range map[string]string{"old": session, "new": next.Access()} {
		refused(t, way+": me with the "+what+" token afterwards", bearer(p, http.MethodGet, nativeapi.PathMe, token), http.StatusUnauthorized, "unauthorized")
	}
	if after := p.Refresh(apptest.Phone, next.Refresh(), ""); after.Fault() != "invalid_grant" {
		t.Errorf("%s: refresh after sign-out: %s", way, after)
	}
}

// A spent refresh token ends everything, as it does for any public client.
func TestRefreshTokensRotate(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		first := signIn(t, p, apptest.Phone, ada)
		p.Clock.Advance(2 * time.Hour)
		refused(t, "me after the session token's time", bearer(p, http.MethodGet, nativeapi.PathMe, first.Text("session_token")), http.StatusUnauthorized, "unauthorized")
		next := p.Refresh(apptest.Phone, first.Text("refresh_token"), "")
		if bearer(p, http.MethodGet, nativeapi.PathMe, next.Access()).Status != http.StatusOK {
			t.Fatalf("the refreshed token: %s", next)
		}
		p.Clock.Advance(time.Minute)
		if stolen := p.Refresh(apptest.Phone, first.Text("refresh_token"), ""); stolen.Fault() != "invalid_grant" {
			t.Errorf("a spent refresh token: %s", stolen)
		}
		refused(t, "me after a theft", bearer(p, http.MethodGet, nativeapi.PathMe, next.Access()), http.StatusUnauthorized, "unauthorized")
		p.Clock.Advance(31 * 24 * time.Hour)
		if late := p.Refresh(apptest.Phone, signIn(t, p, apptest.Phone, ada).Text("refresh_token"), ""); late.Status != http.StatusOK {
			t.Errorf("a new sign-in: %s", late)
		}
	})
}

// A confidential client proves itself; its own rules hold here too.
func TestConfidentialClient(t *testing.T) {
	p := one(t)
	reply := signIn(t, p, apptest.Backend, ada)
	person, _ := reply.JSON["user"].(map[string]any)
	if id, _ := person["id"].(string); strings.HasPrefix(id, "usr_") || p.Get("/userinfo", reply.Text("session_token")).Text("sub") != id {
		t.Errorf("the subject is not the pairwise one: %s", reply)
	}
	if claims := apptest.Claims(t, reply.Text("session_token")); claims["exp"].(float64)-claims["iat"].(float64) != 300 {
		t.Errorf("the session token's life: %v", claims)
	}
	if me := bearer(p, http.MethodGet, nativeapi.PathMe, reply.Text("session_token")); !strings.Contains(me.Body, ada) || strings.Contains(me.Body, "name") {
		t.Errorf("me without the scope profile: %s", me)
	}
	if next := p.Refresh(apptest.Backend, reply.Text("refresh_token"), ""); next.Status != http.StatusOK {
		t.Errorf("refresh: %s", next)
	}
	for what, change := range map[string]func(*http.Request){
		"no secret":            func(r *http.Request) { r.Header.Del("Authorization") },
		"a wrong secret":       func(r *http.Request) { apptest.SetBasic(r, "backend", "wrong") },
		"another's id":         func(r *http.Request) { apptest.SetBasic(r, "mixed", apptest.Mixed.Secret) },
		"another's name":       func(r *http.Request) { apptest.SetBasic(r, "mixed", apptest.Backend.Secret) },
		"another's secret":     func(r *http.Request) { apptest.SetBasic(r, "backend", apptest.Mixed.Secret) },
		"a bearer of its own":  func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+reply.Text("session_token")) },
		"something else there": func(r *http.Request) { r.Header.Set("Authorization", "Basic x") },
	} {
		for _, path := range []string{nativeapi.PathSend, nativeapi.PathLink, nativeapi.PathCode} {
			req := p.JSONRequest(path, apptest.Backend, "email", ada, "token", "x", "code", "123456")
			change(req)
			refused(t, what+" at "+path, p.Do(req), http.StatusUnauthorized, "unauthorized")
		}
	}
}

func TestGroups(t *testing.T) {
	crew := apptest.Client{ID: "crew"}
	p := one(t, apptest.Clients("  - {id: crew, name: Crew, type: native, grant_types: [refresh_token], native_api: true, scopes: [openid, email, offline_access, groups]}\n"))
	if me := bearer(p, http.MethodGet, nativeapi.PathMe, signIn(t, p, crew, ada).Text("session_token")); !strings.Contains(me.Body, `"groups":["board","staff"]`) {
		t.Errorf("me: %s", me)
	}
}

// Who may not use the client gets nothing, and nothing stays of the try.
func TestAllowPolicy(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		mail := ask(t, p, apptest.Backend, eve)
		refused(t, "eve", p.JSON(nativeapi.PathCode, apptest.Backend, "challenge", mail.challenge, "code", mail.Code), http.StatusForbidden, "access denied")
		b := p.Browser()
		b.SignInHere(eve)
		if page := b.Open("/account"); strings.Contains(page.Text(), "Backend") || strings.Contains(page.Text(), "Go-http-client") || strings.Contains(page.Text(), "A program") {
			t.Errorf("something stays: %s", page.Text())
		}
	})
}
