package oidc_test

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
)

// secrets collects what must not turn up anywhere, under names for the report.
type secrets map[string]string

// busyDay lets people sign in by code and by link, here and elsewhere, refresh,
// mistype, replay and sign out, and returns every secret that was made on the way.
func busyDay(t *testing.T, p *apptest.Provider) secrets {
	t.Helper()
	s := secrets{"root secret": apptest.RootSecret, "client secret": apptest.Web.Secret}
	keep := func(name, value string) {
		t.Helper()
		if value == "" {
			t.Fatalf("there was no %s", name)
		}
		s[name] = value
	}
	for way, client := range map[string]apptest.Client{"code": apptest.Web, "link": apptest.JWT} {
		b, r := p.Browser(), apptest.Offline(client)
		wait, mail := b.Ask(b.Authorize(r), ada)
		b.EnterCode(wait, "000000")
		var page *apptest.Page
		if way == "code" {
			page = b.EnterCode(wait, mail.Code)
		} else {
			page = b.PressLink(mail.Link)
			b.Open(mail.Link) // once more, when it is spent
		}
		code := page.MustAnswer().Code()
		p.Redeem(r.With("redirect_uri", "https://wrong.example/"), code)
		p.Post("/oauth/token", apptest.Client{ID: client.ID, Secret: "wrong " + client.Secret}, r.CodeForm(code))
		tokens := p.Redeem(r, code)
		granted(t, way, tokens)
		p.Get("/userinfo", tokens.Access())
		p.Get("/userinfo?access_token="+tokens.Access(), "")
		p.Introspect(client, tokens.Refresh())
		p.Clock.Advance(25 * 24 * time.Hour) // the refresh token is replaced
		next := p.Refresh(client, tokens.Refresh(), "")
		granted(t, way+" refresh", next)
		p.Clock.Advance(time.Minute)
		b.Open(endSession("id_token_hint", tokens.ID()+"x"))
		sso := apptest.NewRequest(client).With("prompt", "none")
		keep(way+": second code", b.Get(sso.Path()).MustAnswer().Code())
		keep(way+": state in single sign-on", sso.Params.Get("state"))
		keep(way+": nonce in single sign-on", sso.Params.Get("nonce"))
		keep(way+": sealed request", flowOf(t, wait.Attr("wait", "data-next")))
		keep(way+": link token", mail.Link[strings.LastIndex(mail.Link, "/")+1:])
		keep(way+": six digits", mail.Code)
		keep(way+": authorization code", code)
		keep(way+": verifier", r.Verifier)
		keep(way+": nonce", r.Params.Get("nonce"))
		keep(way+": state", r.Params.Get("state"))
		keep(way+": access token", tokens.Access())
		keep(way+": refresh token", tokens.Refresh())
		keep(way+": second refresh token", next.Refresh())
		keep(way+": ID token", tokens.ID())
		keep(way+": session cookie", b.Cookie(apptest.SessionCookie))
		keep(way+": browser cookie", b.Cookie(apptest.BrowserCookie))
		keep(way+": secret", client.Secret)
	}
	return s
}

// findIn reports every secret that a text holds, as it is or encoded.
func (s secrets) findIn(t *testing.T, where, text string) {
	t.Helper()
	for name, secret := range s {
		if len(secret) == 6 { // digits also occur inside of numbers
			if regexp.MustCompile(`(^|[^0-9A-Za-z])` + secret + `([^0-9A-Za-z]|$)`).MatchString(text) {
				t.Errorf("%s is in %s", name, where)
			}
			continue
		}
		raw := []byte(secret)
		for how, form := range map[string]string{
			"as it is": secret, "in hex": hex.EncodeToString(raw), "in a URL": url.QueryEscape(secret), "in base64": base64.RawStdEncoding.EncodeToString(raw),
			"in base64 behind one byte": base64.RawStdEncoding.EncodeToString(append([]byte("x"), raw...))[2:], "its tail": secret[len(secret)/3:],
			"in base64 behind two bytes": base64.RawStdEncoding.EncodeToString(append([]byte("xx"), raw...))[3:],
		} {
			form = strings.TrimRight(form, "=")
			if strings.Contains(text, form[:len(form)-1]) {
				t.Errorf("%s is in %s, %s", name, where, how)
			}
		}
	}
}

// Whoever reads the logs, a support team or a log service, must not be able to
// sign in as anybody or to see who does, not even at the level debug.
func TestNoSecretsInLogs(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		s := busyDay(t, p)
		s["address"] = ada
		logs := p.Logs.String()
		if strings.Count(logs, "\n") < 40 {
			t.Fatalf("the log is too short to say anything: %s", logs)
		}
		s.findIn(t, "the log", logs)
	})
}
