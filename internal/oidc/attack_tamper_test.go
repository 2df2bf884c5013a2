package oidc_test

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/config"
)

// spoiled returns variants of a secret: a bit flipped here and there, cut, longer,
// in another case. None of them is the secret.
func spoiled(secret string) []string {
	var out []string
	step := max(1, len(secret)/40)
	for i := 0; i < len(secret); i += step {
		for _, bit := range []byte{1, 2, 4} {
			b := []byte(secret)
			b[i] ^= bit
			out = append(out, string(b))
		}
	}
	for _, n := range []int{1, 2, 3, 4, len(secret) / 2, len(secret) - 1} {
		out = append(out, secret[:len(secret)-n], secret[n:])
	}
	out = append(out, secret+"A", secret+"=", secret+secret, "A"+secret, strings.ToUpper(secret), strings.ToLower(secret), " "+secret+"x")
	var real []string
	for _, s := range out {
		if s != secret && !sameJWT(s, secret) && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			real = append(real, s)
		}
	}
	return real
}

// sameJWT reports whether two texts are one JWT but for bits that base64 does not
// use: the last character of a signature has some to spare (RFC 4648 §3.5).
func sameJWT(a, b string) bool {
	i, j := strings.LastIndexByte(a, '.'), strings.LastIndexByte(b, '.')
	if i != j || i < 0 || a[:i] != b[:j] || !strings.HasPrefix(a, "ey") {
		return false
	}
	x, errX := base64.RawURLEncoding.DecodeString(a[i+1:])
	y, errY := base64.RawURLEncoding.DecodeString(b[j+1:])
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// An attacker changes a secret that he holds to reach another's grant, session or
// request, or guesses from a part of one. Every changed bit must show, and no
// attempt may harm the owner.
func TestTamperedSecretsAreRefused(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		l := newLoot(t, p)
		for kind, try := range map[string]func(string) bool{
			"code":       func(s string) bool { return l.p.Redeem(l.request, s).Status == http.StatusOK },
			"access":     func(s string) bool { return p.Get("/userinfo", s).Status == http.StatusOK },
			"JWT access": func(s string) bool { return p.Get("/userinfo", s).Status == http.StatusOK },
			"refresh":    func(s string) bool { return p.Refresh(apptest.Web, s, "").Status == http.StatusOK },
			"ID":         func(s string) bool { return acceptsHint(l.stranger, s) },
			"flow":       func(s string) bool { return l.asker.Get(escaped("/login?flow=", s)).Status < 400 },
			"link":       func(s string) bool { return l.asker.Post("/l/"+url.PathEscape(s), nil).Status < 400 },
			"logout": func(s string) bool {
				return l.stranger.Post(confirmPath, url.Values{"request": {s}}).Status < 400
			},
			"session": func(s string) bool {
				return withCookie(p, apptest.SessionCookie, s, "/account").Status == http.StatusOK
			},
			"browser": func(s string) bool {
				return withCookie(p, apptest.BrowserCookie, s, l.wait.URL.Path).Status == http.StatusOK
			},
		} {
			variants := spoiled(l.secrets[kind])
			if len(variants) < 50 {
				t.Fatalf("%s: only %d variants", kind, len(variants))
			}
			for _, s := range variants {
				if try(s) {
					t.Errorf("%s: %q is accepted for %q", kind, s, l.secrets[kind])
				}
			}
			if !try(l.secrets[kind]) {
				t.Errorf("%s: the true one is refused afterwards", kind)
			}
		}
	}, apptest.Configure(func(c *config.Config) { c.Login.CodeAttempts = 100 }))
}

func withCookie(p *apptest.Provider, name, value, path string) apptest.Reply {
	req := p.NewRequest(path, nil)
	req.Header.Set("Cookie", name+"="+value)
	return p.Do(req)
}

// A refresh token names its grant and generation in clear. Changing either makes
// no other token valid, and does not look like reuse, which would let anybody
// who knows an id end the grant.
func TestRefreshTokenPartsCannotBeExchanged(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		mine, yours := p.Browser().Tokens(apptest.Offline(apptest.Spa), ada), p.Browser().Tokens(apptest.Offline(apptest.Spa), bob)
		second := p.Refresh(apptest.Spa, mine.Refresh(), "")
		a, b := strings.Split(second.Refresh(), "."), strings.Split(yours.Refresh(), ".")
		for what, token := range map[string]string{
			"another grant": b[0] + "." + a[1] + "." + a[2], "another MAC": a[0] + "." + a[1] + "." + b[2], "the generation before": a[0] + ".1." + a[2],
			"the generation after": a[0] + ".3." + a[2], "generation zero": a[0] + ".0." + a[2], "negative": a[0] + ".-1." + a[2], "leading zero": a[0] + ".02." + a[2],
			"huge": a[0] + ".9223372036854775808." + a[2], "no MAC": a[0] + "." + a[1] + ".", "two parts": a[0] + "." + a[1], "four parts": second.Refresh() + ".x",
		} {
			refused(t, what, p.Refresh(apptest.Spa, token, ""), 400, "invalid_grant")
		}
		granted(t, "mine", p.Refresh(apptest.Spa, second.Refresh(), ""))
		granted(t, "yours", p.Refresh(apptest.Spa, yours.Refresh(), ""))
	})
}
