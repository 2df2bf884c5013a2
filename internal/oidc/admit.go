package oidc

import "idp/internal/idp"

// admit checks anew, wherever tokens are given, that the person may use the
// client: who may changes while grants live.
func admit(client *idp.Client, user *idp.User) *protocolError {
	if client.Admits(user) {
		return nil
	}
	return fault(invalidGrant, "the person may not use this application").why(idp.FailPolicy, idp.MaskAddress(user.Email))
}
