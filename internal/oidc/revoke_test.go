package oidc_test

import (
	"net/http"
	"net/url"
	"testing"

	"idp/internal/apptest"
)

// Revoking either token ends the grant (RFC 7009 §2.1), for confidential and
// public clients.
func TestRevocation(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for _, client := range []apptest.Client{apptest.Web, apptest.Spa, apptest.JWT} {
			for what, pick := range map[string]func(apptest.Reply) string{"access": apptest.Reply.Access, "refresh": apptest.Reply.Refresh} {
				tokens, other := p.Browser().Tokens(apptest.Offline(client), ada), p.Browser().Tokens(apptest.Offline(client), ada)
				for range 2 { // twice is no error
					if reply := p.Revoke(client, pick(tokens)); reply.Status != http.StatusOK || reply.Header.Get("Cache-Control") != "no-store" {
						t.Errorf("%s, %s token: %s", client.ID, what, reply)
					}
				}
				dead(t, client.ID+", by its "+what+" token", p, client, tokens.Access())
				refused(t, client.ID+", by its "+what+" token", p.Refresh(client, tokens.Refresh(), ""), 400, "invalid_grant")
				alive(t, client.ID+", the other grant", p, client, other.Access())
			}
		}
	})
}

// What is not a live token of the client is answered 200 and changes nothing:
// the client wanted it gone, and gone it is for this client.
func TestRevocationOfWhatIsNotYours(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		tokens := p.Browser().Tokens(apptest.Offline(apptest.Web), ada)
		refresh := tokens.Refresh()
		for what, c := range map[string]struct {
			client apptest.Client
			token  string
		}{
			"another client's access token":   {apptest.Other, tokens.Access()},
			"another client's refresh token":  {apptest.Other, refresh},
			"a public client, not its own":    {apptest.Spa, refresh},
			"the ID token":                    {apptest.Web, tokens.ID()},
			"garbage":                         {apptest.Web, "garbage"},
			"a refresh token with a bad end":  {apptest.Web, refresh[:len(refresh)-1]},
			"the grant's name and a made end": {apptest.Web, refresh[:len(refresh)-20] + "AAAAAAAAAAAAAAAAAAAA"},
		} {
			if reply := p.Revoke(c.client, c.token); reply.Status != http.StatusOK {
				t.Errorf("%s: %s", what, reply)
			}
		}
		alive(t, "after all of it", p, apptest.Web, tokens.Access())
		granted(t, "its refresh", p.Refresh(apptest.Web, refresh, ""))
	})
}

// token_type_hint is a hint: a wrong one does not hide the token.
func TestRevocationIgnoresAWrongHint(t *testing.T) {
	p := one(t)
	tokens := p.Browser().Tokens(apptest.Offline(apptest.Web), ada)
	reply := p.Post("/oauth/revoke", apptest.Web, url.Values{"token": {tokens.Refresh()}, "token_type_hint": {"access_token"}})
	if reply.Status != http.StatusOK {
		t.Errorf("%s", reply)
	}
	dead(t, "afterwards", p, apptest.Web, tokens.Access())
}

// A refresh token that was replaced is still one of the grant: a client that
// revokes it wants the grant gone.
func TestRevocationBySpentRefreshToken(t *testing.T) {
	p := one(t)
	first := p.Browser().Tokens(apptest.Offline(apptest.Spa), ada)
	second := p.Refresh(apptest.Spa, first.Refresh(), "")
	granted(t, "refresh", second)
	p.Revoke(apptest.Spa, first.Refresh())
	dead(t, "the newer access token", p, apptest.Spa, second.Access())
}
