package main

import (
	"context"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/secret"
	"idp/internal/storage"
)

// seed signs a person in, as seed NAME ADDRESS, and sets $NAME_USER, $NAME_SESSION
// and $NAME_GRANT.
func seed(ts *testscript.TestScript, _ bool, args []string) {
	ctx, now := context.Background(), time.Now()
	store, err := storage.Open(storage.Options{URL: ts.Getenv("IDP_DATABASE_URL")})
	ts.Check(err)
	defer func() { ts.Check(store.Close()) }()
	ring, err := secret.NewKeyring(secret.TokenOf(ts.Getenv("IDP_SECRET")))
	ts.Check(err)
	login := magiclink.NewService(store, ring, magiclink.Defaults(), time.Now, noCourier{})
	invitation, err := magiclink.Invite(ctx, store, args[1], "notes", time.Hour, now)
	ts.Check(err)
	browser := secret.NewToken().Hash(secret.KindBrowser)
	link, err := login.OpenLink(ctx, invitation.Link, browser)
	ts.Check(err)
	ok, _, err := login.UseLinkElsewhere(ctx, link, magiclink.Asker{Browser: browser, IP: "192.0.2.7", Network: "192.0.2.7", UserAgent: "test"})
	ts.Check(err)
	grant := idp.Grant{
		ID: secret.NewID("grt_", now), ClientID: "notes", UserID: ok.User.ID, SessionID: ok.Session.ID, Scopes: []string{"openid", "offline_access"},
		CreatedAt: now, LastUsedAt: now, ExpiresAt: now.Add(time.Hour), AbsoluteAt: now.Add(time.Hour), RefreshSalt: "s", Generation: 1,
	}
	_, _, err = store.RedeemCode(ctx, grant, now)
	ts.Check(err)
	name := strings.ToUpper(args[0])
	ts.Setenv(name+"_USER", ok.User.ID)
	ts.Setenv(name+"_SESSION", ok.Session.ID)
	ts.Setenv(name+"_GRANT", grant.ID)
}

type noCourier struct{}

func (noCourier) Wake()                    {}
func (noCourier) Reserve() *magiclink.Take { return nil }
func (noCourier) Hand(*magiclink.Claim)    {}
