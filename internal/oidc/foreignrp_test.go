package oidc_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"idp/internal/apptest"
)

// relyingParty is an application built from other people's libraries.
type relyingParty struct {
	ctx      context.Context
	oauth    oauth2.Config
	provider *oidc.Provider
	verifier *oidc.IDTokenVerifier
}

func newRelyingParty(t *testing.T, p *apptest.Provider, c apptest.Client, scopes ...string) *relyingParty {
	t.Helper()
	ctx := oidc.ClientContext(t.Context(), p.HTTPClient())
	provider, err := oidc.NewProvider(ctx, p.URL)
	if err != nil {
		t.Fatal(err)
	}
	return &relyingParty{
		ctx: ctx, provider: provider, verifier: provider.Verifier(&oidc.Config{ClientID: c.ID, Now: p.Clock.Now}),
		oauth: oauth2.Config{ClientID: c.ID, ClientSecret: c.Secret, RedirectURL: c.Redirect, Endpoint: provider.Endpoint(), Scopes: scopes},
	}
}

// A stranger's libraries get through discovery, sign-in, verification, userinfo
// and refresh, whatever algorithm the client is registered for.
func TestForeignRelyingParty(t *testing.T) {
	algs := map[string]apptest.Client{"RS256": apptest.Web, "ES256": apptest.ES256, "EdDSA": apptest.EdDSA, "PS256": apptest.PS256}
	each(t, func(t *testing.T, p *apptest.Provider) {
		for alg, client := range algs {
			t.Run(alg, func(t *testing.T) {
				rp := newRelyingParty(t, p, client, oidc.ScopeOpenID, "email", "profile", oidc.ScopeOfflineAccess)
				token, id := rp.signIn(t, p.For(t))
				if got := apptest.JOSEHeader(t, token.Extra("id_token").(string))["alg"]; got != alg {
					t.Errorf("the ID token is signed with %v", got)
				}
				rp.checkUserinfo(t, token, id)
				rp.checkRefresh(t, p.For(t), token, id)
			})
		}
	})
}

// signIn is the code flow as the libraries' manuals show it.
func (rp *relyingParty) signIn(t *testing.T, p *apptest.Provider) (*oauth2.Token, *oidc.IDToken) {
	t.Helper()
	verifier := oauth2.GenerateVerifier()
	start := rp.oauth.AuthCodeURL("the state", oidc.Nonce("the nonce"), oauth2.S256ChallengeOption(verifier))
	b := p.Browser()
	answer := b.Finish(b.Open(start), ada, func(wait *apptest.Page, m apptest.Mail) *apptest.Page { return b.EnterCode(wait, m.Code) })
	if answer.State() != "the state" || answer.Params.Get("iss") != p.URL {
		t.Fatalf("answer %v", answer)
	}
	token, err := rp.oauth.Exchange(rp.ctx, answer.Code(), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	return token, rp.verify(t, token, "the nonce")
}

func (rp *relyingParty) verify(t *testing.T, token *oauth2.Token, nonce string) *oidc.IDToken {
	t.Helper()
	raw, _ := token.Extra("id_token").(string)
	id, err := rp.verifier.Verify(rp.ctx, raw)
	if err != nil {
		t.Fatal(err)
	}
	if id.Nonce != nonce {
		t.Errorf("nonce %q, want %q", id.Nonce, nonce)
	}
	if id.AccessTokenHash == "" {
		t.Error("no at_hash")
	} else if err := id.VerifyAccessToken(token.AccessToken); err != nil {
		t.Error(err)
	}
	return id
}

func (rp *relyingParty) checkUserinfo(t *testing.T, token *oauth2.Token, id *oidc.IDToken) {
	t.Helper()
	info, err := rp.provider.UserInfo(rp.ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		t.Fatal(err)
	}
	if info.Subject != id.Subject || info.Email != ada || !info.EmailVerified {
		t.Errorf("userinfo %+v", info)
	}
}

func (rp *relyingParty) checkRefresh(t *testing.T, p *apptest.Provider, old *oauth2.Token, id *oidc.IDToken) {
	t.Helper()
	p.Clock.Advance(2e9)
	fresh, err := rp.oauth.TokenSource(rp.ctx, &oauth2.Token{RefreshToken: old.RefreshToken}).Token()
	if err != nil {
		t.Fatal(err)
	}
	again := rp.verify(t, fresh, "") // OpenID Connect Core §12.2: no nonce is fine
	if again.Subject != id.Subject || again.Issuer != id.Issuer || !again.IssuedAt.After(id.IssuedAt) {
		t.Errorf("refreshed ID token %+v, first %+v", again, id)
	}
	before, after := apptest.Claims(t, old.Extra("id_token").(string)), apptest.Claims(t, fresh.Extra("id_token").(string))
	for _, name := range []string{"auth_time", "sid", "azp", "amr", "acr"} {
		if !same(before[name], after[name]) {
			t.Errorf("%s was %v and is %v", name, before[name], after[name])
		}
	}
}

// A library that only knows how to send its secret in the form works too, and so
// does one that tries HTTP Basic first.
func TestForeignRelyingPartyAuthStyles(t *testing.T) {
	p := one(t)
	for _, c := range []struct {
		client apptest.Client
		style  oauth2.AuthStyle
	}{
		{apptest.Web, oauth2.AuthStyleInHeader}, {apptest.Web, oauth2.AuthStyleInParams}, {apptest.Basic, oauth2.AuthStyleInHeader},
		{apptest.Post, oauth2.AuthStyleInParams}, {apptest.Post, oauth2.AuthStyleAutoDetect}, {apptest.Spa, oauth2.AuthStyleInParams},
	} {
		rp := newRelyingParty(t, p, c.client, oidc.ScopeOpenID)
		rp.oauth.Endpoint.AuthStyle = c.style
		rp.signIn(t, p)
	}
}

// The libraries believe in the issuer byte by byte.
func TestForeignRelyingPartyRefusesAnotherIssuer(t *testing.T) {
	p := one(t)
	u, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	ctx := oidc.ClientContext(t.Context(), &http.Client{})
	if _, err := oidc.NewProvider(ctx, "http://localhost:"+u.Port()); err == nil {
		t.Error("discovery under another name of the host worked")
	}
}
