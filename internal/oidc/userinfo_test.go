package oidc_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
)

func TestUserinfo(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for _, client := range []apptest.Client{apptest.Web, apptest.JWT, apptest.PS256} {
			tokens := p.Browser().Tokens(apptest.NewRequest(client), ada)
			get := p.Get("/userinfo", tokens.Access())
			uncached(t, client.ID, get.Header)
			for name, want := range map[string]any{"email": ada, "email_verified": true, "name": "ada", "sub": apptest.Claims(t, tokens.ID())["sub"]} {
				if get.JSON[name] != want {
					t.Errorf("%s: %s is %#v, want %#v", client.ID, name, get.JSON[name], want)
				}
			}
			header := p.NewRequest("/userinfo", url.Values{})
			header.Header.Set("Authorization", "bearer "+tokens.Access()) // the scheme has no case (RFC 9110 §11.1)
			for how, reply := range map[string]apptest.Reply{
				"POST with the header": p.Do(header),
				"POST with the form":   p.Do(p.NewRequest("/userinfo", url.Values{"access_token": {tokens.Access()}})),
			} {
				if reply.Body != get.Body {
					t.Errorf("%s, %s: %s", client.ID, how, reply)
				}
			}
		}
	})
}

// bearerRefused fails the test unless the answer is RFC 6750 §3's.
func bearerRefused(t *testing.T, what string, r apptest.Reply, status int, fault string) {
	t.Helper()
	refused(t, what, r, status, fault)
	challenge := r.Header.Get("WWW-Authenticate")
	if !strings.HasPrefix(challenge, "Bearer ") || fault != "" && !strings.Contains(challenge, `error="`+fault+`"`) || fault == "" && strings.Contains(challenge, "error") {
		t.Errorf("%s: WWW-Authenticate %q", what, challenge)
	}
}

func TestUserinfoRefuses(t *testing.T) {
	p := one(t)
	tokens := p.Browser().Tokens(apptest.Offline(apptest.Web), ada)
	jwt := p.Browser().Tokens(apptest.Offline(apptest.JWT), ada)
	bearerRefused(t, "nothing", p.Get("/userinfo", ""), 401, "")
	for what, token := range map[string]string{
		"garbage": "garbage", "prefix only": "at_", "ID token": tokens.ID(), "ID token of the JWT client": jwt.ID(), "refresh token": tokens.Refresh(),
		"JWT with another's signature": signedLike(jwt.Access(), jwt.ID()), "JWT with alg none": unsigned(jwt.Access()), "JWT without signature": jwt.Access()[:strings.LastIndex(jwt.Access(), ".")+1],
		"ID token posing as access token": retyped(t, tokens.ID()),
	} {
		bearerRefused(t, what, p.Get("/userinfo", token), 401, "invalid_token")
	}
	in := func(ref, header string, form url.Values) apptest.Reply {
		req := p.NewRequest(ref, form)
		if header != "" {
			req.Header.Set("Authorization", header)
		}
		return p.Do(req)
	}
	for what, reply := range map[string]apptest.Reply{
		"in the query":                in("/userinfo?access_token="+tokens.Access(), "", nil),
		"in the query and the header": in("/userinfo?access_token="+tokens.Access(), "Bearer "+tokens.Access(), nil),
		"in the query of a POST":      in("/userinfo?access_token="+tokens.Access(), "", url.Values{}),
		"in the form and the header":  in("/userinfo", "Bearer "+tokens.Access(), url.Values{"access_token": {tokens.Access()}}),
		"by HTTP Basic":               in("/userinfo", "Basic "+tokens.Access(), nil),
		"twice in the form":           in("/userinfo", "", url.Values{"access_token": {tokens.Access(), tokens.Access()}}),
		"an empty one in the query":   in("/userinfo?access_token=", "Bearer "+tokens.Access(), nil),
		"a token without its scheme":  in("/userinfo", tokens.Access(), nil),
		"with control characters":     in("/userinfo", "", url.Values{"access_token": {"at_\x00"}}),
		"a scheme that starts alike":  in("/userinfo", "BearerX "+tokens.Access(), nil),
		"by HTTP Digest":              in("/userinfo", "Digest x", nil),
	} {
		if reply.Status != http.StatusBadRequest || reply.Fault() != "invalid_request" || reply.Text("sub") != "" {
			t.Errorf("%s: %s, want 400 invalid_request", what, reply)
		}
	}
	alive(t, "after all of it", p, apptest.Web, tokens.Access())
}

// retyped makes a JWT claim to be an access token, which breaks its signature.
func retyped(t *testing.T, token string) string {
	t.Helper()
	header := apptest.JOSEHeader(t, token)
	header["typ"] = "at+jwt"
	return encodeSegment(t, header) + token[strings.Index(token, "."):]
}

// An access token lives as long as it says, whatever its form.
func TestAccessTokenExpires(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		short := p.Browser().Tokens(apptest.Offline(apptest.Short), ada)
		if short.JSON["expires_in"] != float64(60) {
			t.Errorf("expires_in %v", short.JSON["expires_in"])
		}
		p.Clock.Advance(58 * time.Second)
		alive(t, "after 58 seconds", p, apptest.Short, short.Access())
		p.Clock.Advance(3 * time.Second)
		dead(t, "after 61 seconds", p, apptest.Short, short.Access())

		jwt := p.Browser().Tokens(apptest.NewRequest(apptest.JWT), ada)
		p.Clock.Advance(9*time.Minute + 57*time.Second)
		alive(t, "JWT, just before ten minutes", p, apptest.JWT, jwt.Access())
		p.Clock.Advance(4 * time.Second)
		dead(t, "JWT, just after ten minutes", p, apptest.JWT, jwt.Access())
	})
}
