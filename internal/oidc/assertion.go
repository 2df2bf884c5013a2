package oidc

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"idp/internal/idp"
	"idp/internal/proof"
	"idp/internal/reqlog"
)

// assertionType is the only client_assertion_type (RFC 7523 §2.2).
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

const assertionUsed = "the client assertion was used before"

// identifyByKey proves a client by a JWT that it signed (OpenID Connect Core §9,
// private_key_jwt). The assertion works once: the caller spends it.
func (p *Provider) identifyByKey(r *http.Request) (*idp.Client, idp.Once, *protocolError) {
	var none idp.Once
	form := r.PostForm
	text := form.Get("client_assertion")
	switch {
	case r.Header.Get("Authorization") != "" || form.Get("client_secret") != "":
		return nil, none, invalid("the client authenticates in two ways at once").why(idp.FailAuthForm, "a client assertion and a secret").of(form.Get("client_id"))
	case form.Get("client_assertion_type") != assertionType:
		return nil, none, fault(invalidClient, "client_assertion_type must be %s", assertionType).
			why(idp.FailAssertion, "client_assertion_type is another").of(form.Get("client_id"))
	}
	id := proof.AssertedClient(text)
	if sent := form.Get("client_id"); sent != "" && sent != id {
		return nil, none, fault(invalidClient, "client_id differs from the sub of the client assertion").
			why(idp.FailAssertion, "its sub is not the client_id").of(sent)
	}
	client, fail := p.lookUp(r.Context(), id)
	if fail != nil {
		return nil, none, fail
	}
	if client == nil || client.AuthMethod != idp.AuthKey {
		return nil, none, notByKey(client, id)
	}
	reqlog.From(r.Context()).ClientID = client.ID
	signing, fail := p.signing(r.Context(), client, text, invalidClient)
	if fail != nil {
		return nil, none, fail
	}
	once, err := proof.Assertion(text, signing, p.Issuer, p.Now())
	if err != nil {
		return nil, none, unproven(invalidClient, "the client assertion", err).why(clockOr(err, idp.FailAssertion), err.Error())
	}
	return client, once, nil
}

// signing is the client with the keys that it signs with now; refused is the code
// of the fault if it publishes none.
func (p *Provider) signing(ctx context.Context, client *idp.Client, text, refused string) (*idp.Client, *protocolError) {
	if client.JWKSURI == "" {
		return client, nil
	}
	keys, err := p.ClientKeys.Of(ctx, client, proof.Fits(text))
	switch {
	case errors.Is(err, idp.ErrUnreachable), err != nil && client.Stranger: // who could look around in our network
		return nil, fault(unavailable, "the keys of the client cannot be looked up now; try again").because(err)
	case err != nil:
		return nil, fault(refused, "what is at the client's jwks_uri cannot be used").because(err)
	}
	with := *client
	with.Keys = keys
	return &with, nil
}

// spend records the use of what works once; used is the fault of a second time.
func (p *Provider) spend(r *http.Request, used *protocolError, once idp.Once) *protocolError {
	return spendFault(p.Grants.Spend(r.Context(), once), used)
}

func spendFault(err error, used *protocolError) *protocolError {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, idp.ErrUsed):
		if used.Description == assertionUsed {
			used.why(idp.FailAssertionUsed, "")
		}
		return used.because(err)
	default:
		return grantError(err, "")
	}
}

// unproven says why something signed was refused, in the characters that an
// error_description may have (RFC 6749 §5.2).
func unproven(code, what string, err error) *protocolError {
	why := strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return '\''
		}
		return c
	}, err.Error())
	return fault(code, "%s is not valid: %s", what, why[:min(len(why), 200)]).because(err)
}

// notByKey is the fault of an assertion for a client that is not there or proves
// itself otherwise; which one, only the administrator is told.
func notByKey(client *idp.Client, id string) *protocolError {
	e := fault(invalidClient, "the client is unknown or does not authenticate by assertions")
	if client == nil {
		return e.why(idp.FailUnknownClient, id).of(id)
	}
	return e.why(idp.FailAuthMethod, string(idp.AuthKey), methodOf(client)).of(client.ID)
}
