package oidc

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"time"

	"idp/internal/idp"
	"idp/internal/proof"
	"idp/web"
)

const invalidObject = "invalid_request_object" // RFC 9101 §7

// unpack returns the parameters of an authorization request: those of its signed
// request object, if it has one, and then nothing from outside (RFC 9101 §6.3).
// With a refusal it returns those that shape the answer.
func (p *Provider) unpack(ctx context.Context, form url.Values, now time.Time) (url.Values, *protocolError) {
	text := form.Get("request")
	if text == "" {
		return form, nil
	}
	client, fail := p.lookUp(ctx, form.Get("client_id"))
	if fail != nil {
		return refusable(form, text), fail
	}
	if client == nil {
		return form, nil // said in a moment, to the person
	}
	if form.Get("request_uri") != "" {
		return refusable(form, text), invalid("request and request_uri exclude each other")
	}
	if len(client.Keys) == 0 && client.JWKSURI == "" {
		return refusable(form, text), fault("request_not_supported", "this client has no keys registered that a request object could be signed with")
	}
	signing, fail := p.signing(ctx, client, text, invalidObject)
	if fail != nil {
		return refusable(form, text), fail
	}
	inside, err := proof.RequestObject(text, signing, p.Issuer, now)
	if err != nil {
		return refusable(form, text), unproven(invalidObject, "the request object", err).why(clockOr(err, idp.FailObject), err.Error())
	}
	return inside, nil
}

// unreadable is the page for a request object that is refused where no address
// beside it says where an answer could go, as libraries send it that put all of a
// request inside. What is wrong with the object comes before the missing address.
func unreadable(form url.Values, bad *protocolError, err error) error {
	var page *web.Problem
	if bad == nil || form.Get("redirect_uri") != "" || !errors.As(err, &page) || page.Status != http.StatusBadRequest {
		return err
	}
	page.Title, page.Cause = "The application's request cannot be read", bad
	page.Text = "Whoever runs the application needs to look at how it signs its requests."
	page.Details = []web.Detail{{Label: bad.Code, Value: bad.Description}}
	return page
}

// mustSign refuses a request that is not signed where the client's must be (RFC
// 9101 §10.5).
func mustSign(form url.Values, client *idp.Client) *protocolError {
	if client.RequireSignedRequest && form.Get("request") == "" {
		return invalid("this client must sign its authorization requests (RFC 9101)").why(idp.FailNotSigned, "")
	}
	return nil
}

// refusable is what stands outside of a request object that is refused, with the
// shape of the answer that it asks for. Where the answer goes to is proven from
// outside alone.
func refusable(form url.Values, text string) url.Values {
	out := maps.Clone(form)
	out.Del("request")
	shape := proof.ShapeOf(text)
	if shape.State != "" {
		out.Set("state", shape.State)
	}
	if shape.ResponseMode != "" {
		out.Set("response_mode", shape.ResponseMode)
	}
	return out
}
