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
// resources asked now, all of which must be within the grant's reach, or all that
// the grant names. What the client lost since is refused.
func (p *Provider) narrowerTargets(asked []string, g *idp.Grant, client *idp.Client, scopes []string) ([]string, *protocolError) {
	if len(asked) == 0 {
		asked = g.Resources
	}
	out, fail := p.targets(asked, client, scopes)
	if fail != nil {
		return nil, fail
	}
	reach, open := p.reach(g, client)
	for _, t := range out {
		if !open && !slices.Contains(reach, t) {
			return nil, fault(invalidTarget, "the resource %s was not part of the authorization request", printable(clip(t))).
				why(idp.FailTarget, t, g.Resources...)
		}
	}
	return out, nil
}

// reach is what tokens of a grant may be for: the resources that it names, and
// where it names none and a person was asked, what they are for anyway, because the
// page showed no more than that. Where nobody was asked, it is open: all that the
// client may ask for.
func (p *Provider) reach(g *idp.Grant, client *idp.Client) (reach []string, open bool) {
	switch {
	case len(g.Resources) > 0:
		return g.Resources, false
	case personAsked(g, client):
		return append(slices.Clone(client.Audience), p.Issuer), false
	default:
		return nil, true
	}
}

// personAsked reports whether a person saw what the grant is for before it was
// given. Of a device its page always asks; grants of devices from before their ids
// said so are told by a client that has no other way to people.
func personAsked(g *idp.Grant, client *idp.Client) bool {
	return client.Consent != idp.ConsentSkip || g.OfDevice() || client.MayGrant(idp.GrantDevice) && !client.MayGrant(idp.GrantCode)
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
