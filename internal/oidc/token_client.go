package oidc

import (
	"net/http"
	"slices"
	"strings"
	"time"

	zoidc "github.com/zitadel/oidc/v3/pkg/oidc"

	"idp/internal/idp"
	"idp/internal/proof"
	"idp/internal/reqlog"
)

// ownGrant is what the grant id of a client's own token begins with. No row has
// such an id, so whoever looks for the grant finds none.
const ownGrant = "client:"

// aboutPeople are the scopes that mean nothing where there is no person.
var aboutPeople = []string{"openid", "offline_access", "email", "profile", "groups"}

// clientCredentials gives a client a token for itself (RFC 6749 §4.4). Nothing is
// read or written: the token ends with its time, when the client loses the grant
// type, or with a restore epoch.
func (p *Provider) clientCredentials(r *http.Request, client *idp.Client, held proof.Possession) (*zoidc.AccessTokenResponse, *protocolError) {
	if client.Public() {
		return nil, fault(unauthorized, "a public client cannot have a token for itself")
	}
	scopes, fail := ownScopes(r.PostForm.Get("scope"), client)
	if fail != nil {
		return nil, fail
	}
	resources, fail := p.targets(r.PostForm["resource"], client, scopes)
	if fail != nil {
		return nil, fail
	}
	if fail := p.spendProof(r, held); fail != nil {
		return nil, fail
	}
	reqlog.From(r.Context()).Outcome = "token.client_credentials"
	return p.issue(client, issuance{
		grant: idp.Grant{ID: ownGrant + client.ID, ClientID: client.ID}, user: idp.User{ID: client.ID}, scopes: scopes, resources: resources,
		keyHash: held.KeyHash,
	})
}

// ownScopes are those asked, or all, of the client's scopes that are not about a
// person. A client without such scopes gets a token that says only who it is.
func ownScopes(text string, client *idp.Client) ([]string, *protocolError) {
	asked := strings.Fields(text)
	if len(text) > maxScope || len(asked) > maxScopes {
		return nil, fault(invalidScope, "scope is longer than %d bytes or names more than %d scopes", maxScope, maxScopes)
	}
	if len(asked) == 0 {
		asked = client.Scopes
	} else if !slices.ContainsFunc(asked, func(s string) bool { return slices.Contains(client.Scopes, s) && !slices.Contains(aboutPeople, s) }) {
		return nil, fault(invalidScope, "scope must name at least one scope that this client may have for itself").why(idp.FailScope, text, client.Scopes...)
	}
	return slices.DeleteFunc(client.AllowedScopes(asked), func(s string) bool { return slices.Contains(aboutPeople, s) }), nil
}

// describeOwn says what a live token of the client's own is. It returns
// idp.ErrNotFound for one of another client, for a client that lost the grant type,
// and for one of before the restore epoch.
func (p *Provider) describeOwn(r *http.Request, client *idp.Client, claims *accessClaims, _ time.Time) (*introspection, error) {
	if claims.Grant != ownGrant+client.ID || !client.MayGrant(idp.GrantClient) {
		return nil, idp.ErrNotFound
	}
	if err := p.Grants.Outlives(r.Context(), time.Unix(claims.Issued, 0)); err != nil {
		return nil, err
	}
	answer := &introspection{Active: true, ClientID: client.ID, Subject: client.ID, Issuer: p.Issuer, Scope: client.AllowedScopes(claims.Scopes)}
	answer.carries(claims, client)
	return answer, nil
}
