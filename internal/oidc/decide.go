package oidc

import (
	"errors"
	"net/http"
	"time"

	"idp/internal/idp"
	"idp/internal/reqlog"
	"idp/internal/secret"
)

// decide answers a flow: with a code, with an error, or with a page whose end
// leads to Continue. It reads one row and writes none.
func (p *Provider) decide(w http.ResponseWriter, r *http.Request, flow *idp.Flow, client *idp.Client) error {
	in, err := p.Callers.SignedIn(r, client.ID)
	if err != nil {
		return p.refuseUnavailable(w, r, flow, client, err)
	}
	event := reqlog.From(r.Context())
	if in != nil {
		event.UserID = in.User.ID
	}
	now := p.Now()
	d := idp.Decide(p.resolveHint(flow, client, in), client, in, now)
	switch d.Outcome {
	case idp.Issue:
		if flow.Device != "" {
			return p.toConnect(w, flow)
		}
		return p.issueCode(w, r, flow, client, in, now)
	case idp.Refuse:
		refusal := fault(d.Error, "%s", d.Description)
		if d.Error == "access_denied" {
			refusal.why(idp.FailPolicy, idp.MaskAddress(in.User.Email))
		}
		return p.refuse(w, r, flow, client, refusal)
	case idp.NeedOther:
		refusedPage(event, client.ID, idp.FailPolicy, idp.MaskAddress(in.User.Email), "")
	}
	event.Outcome = pages[d.Outcome].outcome
	flow.Browser = p.Callers.Cookies.EnsureBrowser(w, r)
	to := pages[d.Outcome].path + "?flow=" + flow.Seal(p.Keyring)
	if d.Outcome == idp.NeedLogin && in != nil && !in.Session.AuthTime.Before(flow.StartedAt()) {
		to += "&again=1" // a sign-in for this request came to be too old; the form alone would lead back here
	}
	redirect(w, to)
	return nil
}

// issueCode ends a flow with a code for the application.
func (p *Provider) issueCode(w http.ResponseWriter, r *http.Request, flow *idp.Flow, client *idp.Client, in *idp.SignedIn, now time.Time) error {
	if err := p.finishPushed(r, flow, now); errors.Is(err, idp.ErrUsed) {
		return p.refuse(w, r, flow, client, fault(invalidRequestURI, "the pushed request was used before").because(err))
	} else if err != nil {
		return p.refuseUnavailable(w, r, flow, client, err)
	}
	event := reqlog.From(r.Context())
	if event.Outcome == "" { // a sign-in that ends with it has one
		event.Outcome = "authorize.code_issued"
	}
	code := idp.Code{
		GrantID: secret.NewID(idp.GrantPrefix, now), ClientID: client.ID, RedirectURI: flow.RedirectURI, CodeChallenge: flow.CodeChallenge,
		KeyHash: flow.KeyHash, Claims: flow.Claims,
		Nonce: flow.Nonce, UserID: in.User.ID, SessionID: in.Session.ID, Scopes: flow.Scopes, Resources: flow.Resources, IssuedAt: now.UnixMilli(),
	}
	return p.respond(w, r, flow, client, []field{{"code", code.Seal(p.Keyring)}})
}

// pages are where a person is sent, and what the log calls it.
var pages = map[idp.Outcome]struct{ path, outcome string }{
	idp.NeedLogin:   {"/login", "authorize.login_needed"},
	idp.NeedAccount: {"/login/account", "authorize.account_needed"},
	idp.NeedConsent: {"/login/consent", "authorize.consent_needed"},
	idp.NeedOther:   {"/login/denied", "authorize.not_admitted"},
}

// refuseUnavailable sends the person back with temporarily_unavailable if the
// database cannot be asked; anything else is ours to show.
func (p *Provider) refuseUnavailable(w http.ResponseWriter, r *http.Request, flow *idp.Flow, client *idp.Client, err error) error {
	if errors.Is(err, idp.ErrUnavailable) && flow.Prompted("none") {
		return p.refuse(w, r, flow, client, fault(unavailable, "try again in a few seconds").because(err))
	}
	return err
}
