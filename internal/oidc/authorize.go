package oidc

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"idp/internal/idp"
	"idp/internal/reqlog"
	"idp/web"
)

// Authorize is the authorization endpoint (OpenID Connect Core §3.1.2). Until
// the client and its redirect URI are proven, errors are a page; after that they
// go back to the client.
func (p *Provider) Authorize(w http.ResponseWriter, r *http.Request) error {
	if strings.HasPrefix(r.Form.Get("request_uri"), pushedPrefix) && r.Form.Get("request") == "" {
		return p.authorizePushed(w, r)
	}
	now := p.Now()
	form, bad := p.unpack(r.Context(), r.Form, now)
	client, err := p.requestedClient(r.Context(), form)
	if err != nil {
		return unreadable(form, bad, err)
	}
	reqlog.From(r.Context()).ClientID = client.ID
	flow, refusal := p.parseRequest(r.Context(), form, client, now)
	if bad != nil {
		refusal = bad
	} else if client.RequirePAR {
		refusal = invalid("this client must push its authorization requests (RFC 9126)").why(idp.FailNotPushed, "")
	} else if fail := mustSign(r.Form, client); fail != nil {
		refusal = fail
	}
	if refusal != nil {
		return p.refuse(w, r, flow, client, refusal)
	}
	if r.Method == http.MethodPost {
		// A post from another site brings no SameSite=Lax cookie. A GET of our own
		// does, so the request travels there sealed and is decided then.
		return p.toContinue(w, flow)
	}
	return p.decide(w, r, flow, client)
}

// requestedClient finds the client and proves its redirect URI.
func (p *Provider) requestedClient(ctx context.Context, form url.Values) (*idp.Client, error) {
	id, uri := form.Get("client_id"), form.Get("redirect_uri")
	if id == "" {
		refusedPage(reqlog.From(ctx), "", idp.FailNoClient, "", "")
		return nil, &web.Problem{Status: http.StatusBadRequest, About: "no_client"}
	}
	client, err := p.Clients.Find(ctx, id)
	if err != nil {
		if errors.Is(err, idp.ErrNotFound) {
			refusedPage(reqlog.From(ctx), id, idp.FailUnknownClient, id, "")
		}
		return nil, unknownClient(id, err)
	}
	if client.AllowsRedirect(uri) {
		return client, nil
	}
	missed := idp.FailRedirect
	if uri == "" {
		missed = idp.FailNoRedirect
	}
	refusedPage(reqlog.From(ctx), client.ID, missed, uri, client.NearestRedirect(uri))
	prob := &web.Problem{
		Status: http.StatusBadRequest, About: "way_back", App: client.Name, Client: client.ID, Brand: Brand(client), Languages: clip(form.Get("ui_locales")),
		Details: []web.Detail{{Label: "redirect_uri sent", Value: clip(uri)}},
	}
	if uri == "" {
		prob.About = "no_way_back"
		prob.Details[0].Value = "(none)"
	}
	if client.HomeURI != "" {
		prob.Action = web.Action{Do: "back_to", App: client.Name, URL: client.HomeURI}
	}
	if near := client.NearestRedirect(uri); near != "" {
		prob.Details = append(prob.Details, web.Detail{Label: "nearest registered", Value: near})
	}
	return nil, prob
}

// clip bounds what an error repeats, at the end of a letter.
func clip(s string) string {
	const most = 300
	if len(s) <= most {
		return s
	}
	end := most
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "..."
}

// Continue decides a flow again after a page.
func (p *Provider) Continue(w http.ResponseWriter, r *http.Request) error {
	flow, client, err := p.underWay(r, r.Form.Get("flow"))
	if err != nil {
		return err
	}
	reqlog.From(r.Context()).ClientID = client.ID
	return p.decide(w, r, flow, client)
}

// Finish ends a flow at once after a sign-in that left nothing to ask, and reports
// whether it did: if not, it wrote no answer, and Continue has one. in is what the
// sign-in's own transaction found and made, so Continue would read no more, but for
// consents: without these, nothing is taken as allowed.
func (p *Provider) Finish(w http.ResponseWriter, r *http.Request, sealed string, in *idp.SignedIn) (done bool, err error) {
	flow, client, err := p.underWay(r, sealed)
	if err != nil || flow.Device != "" || flow.Pushed != "" || flow.ByForm() {
		return false, nil //nolint:nilerr // Continue tells of it; its page can be reloaded, and the answer to a form cannot
	}
	now := p.Now()
	if idp.Decide(p.resolveHint(flow, client, in), client, in, now).Outcome != idp.Issue {
		return false, nil
	}
	return true, p.issueCode(w, r, flow, client, in, now)
}

// underWay opens the sealed flow of this browser and finds its client.
func (p *Provider) underWay(r *http.Request, sealed string) (*idp.Flow, *idp.Client, error) {
	return Flows{Keyring: p.Keyring, Clients: p.Clients, Callers: p.Callers, Issuer: p.Issuer, Now: p.Now}.open(r, sealed, true)
}

func (p *Provider) toContinue(w http.ResponseWriter, flow *idp.Flow) error {
	redirect(w, PathContinue+"?flow="+flow.Seal(p.Keyring))
	return nil
}

// redirect answers 303, which turns a POST into a GET (RFC 9700 §4.12), and
// keeps the target as it is.
func redirect(w http.ResponseWriter, target string) {
	h := w.Header()
	h["Location"], h["Cache-Control"] = []string{target}, noStore
	w.WriteHeader(http.StatusSeeOther)
}
