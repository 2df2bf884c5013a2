package oidc

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"idp/internal/idp"
	"idp/internal/proof"
	"idp/internal/reqlog"
	"idp/web"
)

// pushedPrefix stands before a pushed request that was sealed (RFC 9126 §2.2).
const pushedPrefix = "urn:ietf:params:oauth:request_uri:"

// maxPushed bounds the text that stands for a pushed request: browsers and
// proxies carry it in an address.
const maxPushed = 6000

// Push is the pushed authorization request endpoint (RFC 9126). It checks all
// that the authorization endpoint would and stores nothing.
func (p *Provider) Push(w http.ResponseWriter, r *http.Request) error {
	p.cors(w, r)
	client, assertion, fail := p.identify(r)
	if fail != nil {
		p.corsOfAny(w, r) // whoever was forgotten here must hear of it
		return writeError(w, r, fail)
	}
	p.corsOf(w, r, client)
	flow, fail := p.parsePushed(r, client, p.Now())
	var held proof.Possession
	if fail == nil {
		held, fail = p.pushedKey(r, client, flow)
	}
	if fail == nil {
		if fail := p.checkNonce(w, client, held); fail != nil {
			return writeError(w, r, fail) // the same request comes again at once, with the same assertion
		}
	}
	if fail = p.spendWith(r, assertion, &held, fail); fail == nil {
		fail = p.spendProof(r, held)
	}
	if fail != nil {
		return writeError(w, r, fail)
	}
	text := flow.Push(p.Keyring)
	if len(text) > maxPushed {
		return writeError(w, r, invalid("the request is too long"))
	}
	reqlog.From(r.Context()).Outcome = "pushed"
	return writeJSON(w, http.StatusCreated, struct {
		RequestURI string `json:"request_uri"`
		ExpiresIn  int64  `json:"expires_in"`
	}{pushedPrefix + text, int64(idp.PushedTTL / time.Second)})
}

func (p *Provider) parsePushed(r *http.Request, client *idp.Client, now time.Time) (*idp.Flow, *protocolError) {
	if r.PostForm.Has("request_uri") {
		return nil, invalid("request_uri does not belong in a pushed request")
	}
	if fail := mustSign(r.PostForm, client); fail != nil {
		return nil, fail
	}
	form := maps.Clone(r.PostForm)
	form.Set("client_id", client.ID)
	form, fail := p.unpack(r.Context(), form, now)
	if fail != nil {
		return nil, fail
	}
	if !client.AllowsRedirect(form.Get("redirect_uri")) {
		return nil, invalid("redirect_uri is not registered for this client").
			why(idp.FailRedirect, form.Get("redirect_uri"), client.NearestRedirect(form.Get("redirect_uri")))
	}
	return p.parseRequest(r.Context(), form, client, now)
}

// authorizePushed goes on with a request that was pushed. What else stands in
// the address does not count (RFC 9126 §4).
func (p *Provider) authorizePushed(w http.ResponseWriter, r *http.Request) error {
	flow, expired := idp.OpenPushed(p.Keyring, strings.TrimPrefix(r.Form.Get("request_uri"), pushedPrefix), p.Now())
	client, err := p.pushingClient(r.Context(), r.Form, flow)
	if err != nil {
		return err
	}
	reqlog.From(r.Context()).ClientID = client.ID
	if expired != nil {
		return p.refuse(w, r, flow, client, fault(invalidRequestURI, "the pushed request has expired").because(expired).why(idp.FailPushed, "expired"))
	}
	spent, err := p.Grants.Spent(r.Context(), flow.Pushed)
	switch {
	case err != nil:
		return err
	case spent:
		return p.refuse(w, r, flow, client, fault(invalidRequestURI, "the pushed request was used before").because(idp.ErrUsed).why(idp.FailPushed, "used before"))
	case r.Method == http.MethodPost:
		return p.toContinue(w, flow)
	}
	return p.decide(w, r, flow, client)
}

const invalidRequestURI = "invalid_request_uri"

// pushingClient is the client that pushed the flow and now sends the browser.
func (p *Provider) pushingClient(ctx context.Context, form url.Values, flow *idp.Flow) (*idp.Client, error) {
	prob := &web.Problem{Status: http.StatusBadRequest, About: "not_pushed", Cause: errors.New(invalidRequestURI)}
	if flow == nil || flow.ClientID != form.Get("client_id") {
		refusedPage(reqlog.From(ctx), form.Get("client_id"), idp.FailPushed, "unknown, or of another client", "")
		return nil, prob
	}
	client, err := p.Clients.Find(ctx, flow.ClientID)
	if err != nil && !errors.Is(err, idp.ErrNotFound) {
		return nil, unknownClient(flow.ClientID, err)
	}
	if err != nil || !client.AllowsRedirect(flow.RedirectURI) {
		return nil, prob
	}
	return client, nil
}

// finishPushed records that the code of a pushed request is being made: from now
// on the request is used. Until then it may be opened again, so that a reload
// during the sign-in does no harm.
func (p *Provider) finishPushed(r *http.Request, flow *idp.Flow, now time.Time) error {
	if flow.Pushed == "" {
		return nil
	}
	return p.Grants.Spend(r.Context(), idp.Once{Hash: flow.Pushed, Expires: idp.PushedUntil(now), Earliest: time.UnixMilli(flow.PushedAt)})
}
