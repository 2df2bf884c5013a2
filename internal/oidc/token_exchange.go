package oidc

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	zoidc "github.com/zitadel/oidc/v3/pkg/oidc"

	"idp/internal/idp"
	"idp/internal/proof"
	"idp/internal/reqlog"
)

const (
	accessTokenType = "urn:ietf:params:oauth:token-type:access_token" // RFC 8693 §3
	jwtTokenType    = "urn:ietf:params:oauth:token-type:jwt"          // RFC 8693 §3
	maxActors       = 4                                               // how often a token may be handed on
)

// exchanged is the answer to an exchange (RFC 8693 §2.2.1).
type exchanged struct {
	*zoidc.AccessTokenResponse
	IssuedTokenType string `json:"issued_token_type"`
}

// exchange gives a service a token with which it acts for the person behind an
// access token that another application sent to it (RFC 8693). The new token
// belongs to the same grant, ends with it and with the old token, and can do less:
// never a scope or audience that the old one could not have had.
func (p *Provider) exchange(r *http.Request, client *idp.Client, held proof.Possession) (*zoidc.AccessTokenResponse, *protocolError) {
	if fail := checkExchange(r, client); fail != nil {
		return nil, fail
	}
	now := p.Now()
	claims, err := p.openAccessToken(r.Context(), r.PostForm.Get("subject_token"), now)
	if err != nil || strings.HasPrefix(claims.Grant, ownGrant) {
		return nil, badSubject(err)
	}
	g, user, err := p.Grants.Grant(r.Context(), claims.Grant, now)
	if errors.Is(err, idp.ErrNotFound) || errors.Is(err, idp.ErrRevoked) {
		return nil, badSubject(err)
	}
	if err != nil {
		return nil, grantError(err, "")
	}
	reqlog.From(r.Context()).UserID = user.ID
	way, fail := p.mayExchange(client, claims, &g, &user)
	if fail != nil {
		return nil, fail
	}
	scopes, fail := exchangeScopes(r.PostForm.Get("scope"), heldNow(claims, way), client)
	if fail != nil {
		return nil, fail
	}
	resources, fail := p.exchangeTargets(r, claims, &g, way, client, scopes)
	if fail != nil {
		return nil, fail
	}
	if fail := p.spendProof(r, held); fail != nil {
		return nil, fail
	}
	answer, fail := p.issue(client, issuance{
		grant: g, user: user, scopes: scopes, resources: resources, actor: &zoidc.ActorClaims{Subject: client.ID, Actor: claims.Actor}, until: time.Unix(claims.Expires, 0),
		keyHash: held.KeyHash,
	})
	if fail == nil {
		reqlog.From(r.Context()).Outcome = "token.exchanged"
	}
	return answer, fail
}

func badSubject(cause error) *protocolError {
	return invalid("subject_token is not a live access token of a person").because(cause)
}

// checkExchange refuses what is not served: other kinds of tokens, and actors
// beside the client itself.
func checkExchange(r *http.Request, client *idp.Client) *protocolError {
	form := r.PostForm
	switch {
	case client.Public():
		return fault(unauthorized, "a public client cannot exchange tokens")
	case form.Get("subject_token") == "":
		return invalid("subject_token is missing")
	case !slices.Contains([]string{accessTokenType, jwtTokenType}, form.Get("subject_token_type")):
		return invalid("subject_token_type must be %s", accessTokenType)
	case form.Get("actor_token") != "" || form.Get("actor_token_type") != "":
		return invalid("actor_token is not supported: the actor is the client")
	case !slices.Contains([]string{"", accessTokenType, jwtTokenType}, form.Get("requested_token_type")):
		return invalid("requested_token_type must be %s", accessTokenType)
	}
	return nil
}

// mayExchange checks the client's policy and that every client on the way still
// admits the person. It returns that way: the application that the grant belongs to
// and all that exchanged its token since, the last of whom holds it.
func (p *Provider) mayExchange(client *idp.Client, claims *accessClaims, g *idp.Grant, user *idp.User) ([]*idp.Client, *protocolError) {
	ids := []string{}
	for a := claims.Actor; a != nil; a = a.Actor {
		ids = append(ids, a.Subject)
	}
	if len(ids) >= maxActors {
		return nil, invalid("the token was handed on too often")
	}
	ids = append(ids, g.ClientID)
	slices.Reverse(ids)
	if !slices.Contains(client.ExchangeFrom, ids[len(ids)-1]) {
		return nil, notFrom()
	}
	var way []*idp.Client
	for _, id := range ids {
		c := p.Clients.Client(id)
		if c == nil {
			return nil, notFrom()
		}
		way = append(way, c)
	}
	for _, c := range append(slices.Clone(way), client) {
		if fail := admit(c, user); fail != nil {
			fail.Code = invalidRequest // RFC 8693 §2.2.2: of a subject token that policy does not accept
			return nil, fail
		}
	}
	return way, nil
}

func notFrom() *protocolError {
	return invalid("this client may not exchange tokens of that client")
}

// heldNow are the scopes of a token that all who had it may still have.
func heldNow(claims *accessClaims, way []*idp.Client) []string {
	scopes := claims.Scopes
	for _, c := range way {
		scopes = c.AllowedScopes(scopes)
	}
	return scopes
}

// exchangeScopes are those asked, or all, of the token's scopes that the client
// may have too. Nobody stays connected by an exchange.
func exchangeScopes(text string, held []string, client *idp.Client) ([]string, *protocolError) {
	asked, fail := narrower(text, held)
	if fail != nil {
		return nil, fault(invalidScope, "an exchange cannot add scopes")
	}
	scopes := slices.DeleteFunc(client.AllowedScopes(asked), func(s string) bool { return s == "offline_access" })
	if len(scopes) == 0 && strings.TrimSpace(text) != "" {
		return nil, fault(invalidScope, "this client may have none of these scopes")
	}
	return scopes, nil
}

// exchangeTargets is the audience of the new token: of what the old token is for,
// or, if that names no resource, of what everybody on its way could have asked for,
// those that the client may ask for. An exchange that names nothing gets the client
// itself if the old token names nothing either.
func (p *Provider) exchangeTargets(r *http.Request, claims *accessClaims, g *idp.Grant, way []*idp.Client, client *idp.Client, scopes []string) ([]string, *protocolError) {
	open := len(claims.Audience) == 0 || slices.Contains(claims.Audience, way[len(way)-1].ID)
	reach := claims.Audience
	if open {
		reach = p.commonReach(g, way)
	}
	asked := slices.Concat(r.PostForm["resource"], r.PostForm["audience"])
	switch {
	case len(asked) == 0 && open:
		return []string{client.ID}, nil
	case len(asked) == 0:
		for _, t := range reach {
			if slices.Contains(client.Resources, t) {
				asked = append(asked, t)
			}
		}
		if len(asked) == 0 {
			return nil, fault(invalidTarget, "this client may ask for nothing that the token is for")
		}
	}
	out, fail := p.targets(asked, client, scopes)
	if fail != nil {
		return nil, fail
	}
	for _, t := range out {
		if !slices.Contains(reach, t) {
			return nil, fault(invalidTarget, "an exchange cannot add the audience %s", printable(clip(t)))
		}
	}
	return out, nil
}

// commonReach is what a token of a grant that names no resource may be for once it
// went this way: what its application could have asked for, and each who exchanged
// it since. A token for nobody but its holder says nothing of the application, and
// must not become more by that.
func (p *Provider) commonReach(g *idp.Grant, way []*idp.Client) []string {
	reach := slices.Concat(way[0].Resources, way[0].Audience)
	if shown, open := p.reach(g, way[0]); !open {
		reach = shown
	}
	for _, c := range way[1:] {
		reach = slices.DeleteFunc(slices.Clone(reach), func(t string) bool { return !slices.Contains(c.Resources, t) && !slices.Contains(c.Audience, t) })
	}
	return reach
}
