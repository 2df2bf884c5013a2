package oidc

import (
	"net/url"
	"slices"
	"strings"

	zoidc "github.com/zitadel/oidc/v3/pkg/oidc"

	"idp/internal/idp"
)

const maxResource = 512

// parseResources reads the resources of an authorization request (RFC 8707 §2.1).
func (p *Provider) parseResources(form url.Values, client *idp.Client, flow *idp.Flow) (fail *protocolError) {
	flow.Resources, fail = p.targets(form["resource"], client, flow.Scopes)
	return fail
}

// targets checks resources against what the client may ask for. The issuer
// itself, which is userinfo, is there for every client that may have openid.
func (p *Provider) targets(asked []string, client *idp.Client, scopes []string) ([]string, *protocolError) {
	var out []string
	for _, text := range asked {
		u, err := url.Parse(text)
		switch {
		case err != nil || !u.IsAbs() || len(text) > maxResource || strings.ContainsAny(text, " #"):
			return nil, fault(invalidTarget, "resource must be an absolute URI without a fragment, of at most %d bytes", maxResource)
		case text == p.Issuer && slices.Contains(scopes, "openid"), slices.Contains(client.Resources, text):
		default:
			return nil, fault(invalidTarget, "this client is not registered for the resource %s", printable(clip(text))).
				why(idp.FailTarget, text, client.Resources...)
		}
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out, nil
}

// narrowerTargets returns the audience of one token (RFC 8707 §2.2): the
// resources asked now, all of which must be among the granted, or all that were
// granted. A grant that names none may be for any that the client may ask for.
// What the client lost since is refused.
func (p *Provider) narrowerTargets(asked, granted []string, client *idp.Client, scopes []string) ([]string, *protocolError) {
	if len(asked) == 0 {
		asked = granted
	}
	out, fail := p.targets(asked, client, scopes)
	if fail != nil {
		return nil, fail
	}
	for _, t := range out {
		if len(granted) > 0 && !slices.Contains(granted, t) {
			return nil, fault(invalidTarget, "the resource %s was not part of the authorization request", printable(clip(t))).
				why(idp.FailTarget, t, granted...)
		}
	}
	return out, nil
}

// printable keeps an error description within RFC 6749 §5.2.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return '?'
		}
		return r
	}, text)
}

// audience is whom an at+jwt is for (RFC 9068 §3): the resources asked for, the
// client's default, or the client itself. A default does not keep a sign-in's
// token from userinfo.
func (p *Provider) audience(client *idp.Client, i issuance) zoidc.Audience {
	switch {
	case len(i.resources) > 0:
		return i.resources
	case len(client.Audience) == 0:
		return zoidc.Audience{client.ID}
	case slices.Contains(i.scopes, "openid"):
		return append(slices.Clone(client.Audience), p.Issuer)
	default:
		return client.Audience
	}
}

// forUs reports whether a token may be used at our own userinfo endpoint.
func (p *Provider) forUs(a *accessClaims) bool {
	return len(a.Audience) == 0 || slices.Contains(a.Audience, p.Issuer) || slices.Contains(a.Audience, a.Client)
}

// audience is what introspection says of a token of client.
func (a *accessClaims) audience(client *idp.Client) zoidc.Audience {
	if a == nil || len(a.Audience) == 0 {
		return zoidc.Audience{client.ID}
	}
	return a.Audience
}
