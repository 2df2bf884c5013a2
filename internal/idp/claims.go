package idp

import (
	"slices"
	"strings"
)

// Destination is where a claim that was asked for by name is told (OpenID Connect
// Core §5.5).
type Destination string

// The destinations of claims.
const (
	AtUserinfo Destination = "userinfo"
	InIDToken  Destination = "id_token"
)

// claimScopes are the scopes that cover the claims about a person: who may not
// have the scope may not have the claim.
var claimScopes = map[string]string{
	"email": "email", "email_verified": "email", "name": "profile", "locale": "profile", "updated_at": "profile",
}

// ClaimScope is the scope that covers a claim about a person; "" if there is no
// such claim.
func ClaimScope(claim string) string { return claimScopes[claim] }

// AskedClaim is how a claim and its destination stand in Flow, Code and Grant.
func AskedClaim(d Destination, claim string) string { return string(d) + ":" + claim }

// Asked returns those of asked claims that go to d.
func Asked(asked []string, d Destination) (claims []string) {
	for _, a := range asked {
		if claim, ok := strings.CutPrefix(a, string(d)+":"); ok {
			claims = append(claims, claim)
		}
	}
	return claims
}

// resourcePrefix tells resources from scopes in a consent.
const resourcePrefix = "resource:"

// Consents are what a person allows with this request, as it is remembered: the
// scopes that the page names, and the resources that tokens may be for.
func (f *Flow) Consents() []string {
	out := f.ScopesToAllow()
	for _, r := range f.Resources {
		out = append(out, resourcePrefix+r)
	}
	return out
}

// ScopesToAllow are the scopes asked for, and those that cover the claims asked for
// by name.
func (f *Flow) ScopesToAllow() []string {
	out := slices.Clone(f.Scopes)
	for _, a := range f.Claims {
		_, claim, _ := strings.Cut(a, ":")
		if scope := claimScopes[claim]; !slices.Contains(out, scope) {
			out = append(out, scope)
		}
	}
	return out
}
