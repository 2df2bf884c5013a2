package oidc

import (
	"context"

	"idp/internal/idp"
)

// admit checks anew, wherever tokens are given, that the person may use the
// client: who may changes while grants live.
func admit(client *idp.Client, user *idp.User) *protocolError {
	if client.Admits(user) {
		return nil
	}
	return fault(invalidGrant, "the person may not use this application").why(idp.FailPolicy, idp.MaskAddress(user.Email))
}

// admitted is admit for a grant that was made in the same moment, because only its
// making told who the person is. Somebody who is not admitted leaves none behind.
func (p *Provider) admitted(ctx context.Context, client *idp.Client, g *idp.Grant, user *idp.User) *protocolError {
	fail := admit(client, user)
	if fail == nil {
		return nil
	}
	if err := p.Grants.RevokeGrant(ctx, g.ID, "not admitted", p.Now()); err != nil {
		return grantError(err, "")
	}
	return fail
}
