package oidc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	zoidc "github.com/zitadel/oidc/v3/pkg/oidc"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/reqlog"
	"idp/internal/secret"
)

// NativeTokens is what a sign-in gives an application that ran it by itself.
type NativeTokens struct {
	Subject   string // the person's id at this client
	Access    string
	ExpiresAt time.Time // of Access
	Refresh   string    // for the token endpoint
}

// NativeClient finds the client of a call to the native API and proves it: by
// HTTP Basic if it has a secret; a public one has nothing to prove it with. It
// returns idp.ErrNotFound for a client that does not use the API, and
// idp.ErrRevoked for one that did not prove itself.
func (p *Provider) NativeClient(r *http.Request, id string) (*idp.Client, error) {
	client := p.Clients.Client(id)
	if client == nil || !client.NativeAPI {
		return nil, fmt.Errorf("native client: %w", idp.ErrNotFound)
	}
	reqlog.From(r.Context()).ClientID = client.ID
	if client.Public() {
		return client, nil
	}
	name, sec, ok := basic(r.Header.Get("Authorization"))
	if !ok || name != client.ID || !matchesAny(client.SecretHashes, sec.Hash(secret.KindClient)) {
		return nil, fmt.Errorf("native client: wrong or missing secret: %w", idp.ErrRevoked)
	}
	return client, nil
}

const sessionPrefix = "ses_"

// nativeGrantID is the id of the grant that a session was made for. It is the
// session's own under another prefix, so that the two can be told to belong
// together, and the session gives one grant only.
func nativeGrantID(sessionID string) string {
	return idp.GrantPrefix + strings.TrimPrefix(sessionID, sessionPrefix)
}

// GrantNative gives a client the tokens of a sign-in on its own screens: a grant
// with all of its scopes. It returns idp.ErrRevoked if the person does not stand
// any more, and idp.ErrForbidden, having ended the session, for somebody who may
// not use the client.
func (p *Provider) GrantNative(ctx context.Context, client *idp.Client, ok magiclink.Approval) (NativeTokens, error) {
	event := reqlog.From(ctx)
	event.UserID = ok.User.ID
	now := p.Now()
	if fail := admit(client, &ok.User); fail != nil {
		if _, err := p.Grants.SignOut(ctx, ok.Session.ID, now); err != nil {
			return NativeTokens{}, err
		}
		return NativeTokens{}, fmt.Errorf("%w: %w", idp.ErrForbidden, fail)
	}
	g := newGrant(client, &idp.Code{
		GrantID: nativeGrantID(ok.Session.ID), UserID: ok.User.ID, SessionID: ok.Session.ID, Scopes: client.Scopes,
	}, now)
	g, user, err := p.Grants.RedeemCode(ctx, g, now)
	if err != nil {
		return NativeTokens{}, err
	}
	access, expires, err := p.accessToken(client, issuance{grant: g, user: user, scopes: g.Scopes}, now)
	if err != nil {
		return NativeTokens{}, fmt.Errorf("grant native: %w", err)
	}
	return NativeTokens{
		Subject: p.subject(client, user.ID), Access: access, ExpiresAt: expires.UTC().Truncate(time.Second),
		Refresh: g.RefreshToken(p.Keyring, g.Generation).Reveal(),
	}, nil
}

// NativeHolder is whom a bearer token of a native client is about.
type NativeHolder struct {
	Client *idp.Client
	Grant  idp.Grant
	Person NativePerson
}

// NativePerson is what the token's scopes say of the person, as at userinfo.
type NativePerson struct {
	ID string `json:"id"`
	personClaims
}

// NativeBearer reads the bearer token of a call to the native API. Whatever is
// not a live token that its own client got, bound to no key, is idp.ErrNotFound.
func (p *Provider) NativeBearer(r *http.Request) (NativeHolder, error) {
	token, scheme, fail := presented(r)
	if fail != nil || token == "" || !strings.EqualFold(scheme, zoidc.BearerToken) {
		return NativeHolder{}, fmt.Errorf("native bearer: no token: %w", idp.ErrNotFound)
	}
	now := p.Now()
	claims, err := p.openAccessToken(r.Context(), token, now)
	if err != nil || claims.KeyHash != "" || claims.Actor != nil || !p.forUs(claims) || !claims.has("openid") {
		return NativeHolder{}, fmt.Errorf("native bearer: %w", idp.ErrNotFound)
	}
	g, user, err := p.Grants.Grant(r.Context(), claims.Grant, now)
	if errors.Is(err, idp.ErrRevoked) {
		err = fmt.Errorf("native bearer: %w: %w", idp.ErrNotFound, err)
	}
	if err != nil {
		return NativeHolder{}, err
	}
	client := p.Clients.Client(g.ClientID)
	if client == nil || !client.NativeAPI || claims.holder(g.ClientID) != g.ClientID {
		return NativeHolder{}, fmt.Errorf("native bearer: token of another kind of client: %w", idp.ErrNotFound)
	}
	event := reqlog.From(r.Context())
	event.ClientID, event.UserID = g.ClientID, g.UserID
	person := NativePerson{p.subject(client, user.ID), userClaims(client, &user, client.AllowedScopes(claims.Scopes))}
	return NativeHolder{Client: client, Grant: g, Person: person}, nil
}

// EndNative ends a grant and, if that was made for nothing else, its session. A
// browser that is signed in stays signed in.
func (p *Provider) EndNative(ctx context.Context, g idp.Grant) error {
	now := p.Now()
	if err := p.Grants.RevokeGrant(ctx, g.ID, "signed out by the application", now); err != nil {
		return err
	}
	if nativeGrantID(g.SessionID) != g.ID {
		return nil
	}
	if _, err := p.Grants.SignOut(ctx, g.SessionID, now); err != nil {
		return err
	}
	p.Courier.Wake()
	return nil
}
