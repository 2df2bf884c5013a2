package device

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"idp/internal/browser"
	"idp/internal/idp"
	"idp/internal/login"
	"idp/internal/oidc"
	"idp/internal/reqlog"
	"idp/internal/words"
	"idp/web"
)

// question is what the page shows: who asks for what, since when, and from where.
type question struct {
	Flow, Code, Email string
	Shown             string // to whom; see login.ShownTo
	State             idp.DeviceState
	Over              bool // nobody can decide any more
	Device            words.Phrase
	IP                string
	Scopes            []words.Phrase
	Resources         []string
	Since             time.Time
	SameNetwork       bool
}

// opened is a request's flow with everything it names.
type opened struct {
	sealed string
	flow   *idp.Flow
	client *idp.Client
	device idp.Device
	in     *idp.SignedIn // nil: the person has something to do first
}

// open reads the flow of this browser. It decides anew, so that nobody passes the
// sign-in or the client's rules by coming here directly.
func (h *Handlers) open(r *http.Request) (opened, error) {
	o := opened{sealed: r.Form.Get("flow")}
	f, c, err := oidc.Flows{Keyring: h.Keyring, Clients: h.Clients, Callers: h.Callers, Issuer: h.Issuer, Now: h.Now}.Open(r, o.sealed)
	if err != nil {
		return o, err
	}
	if err = idp.ErrNotFound; f.Device != "" {
		o.device, err = h.Store.Device(r.Context(), f.Device)
	}
	if errors.Is(err, idp.ErrNotFound) {
		return o, oidc.FlowProblem(f, err, h.Clients, h.Issuer)
	}
	if err != nil {
		return o, err
	}
	o.flow, o.client = f, c
	in, err := h.Callers.SignedIn(r, f.ClientID)
	if err != nil {
		return o, err
	}
	event := reqlog.From(r.Context())
	event.ClientID = f.ClientID
	if in != nil && idp.Decide(f, o.client, in, h.Now()).Outcome == idp.Issue {
		o.in, event.UserID = in, in.User.ID
	}
	return o, nil
}

// ShowConnect asks whether to connect the device, or says what became of it.
func (h *Handlers) ShowConnect(w http.ResponseWriter, r *http.Request) error {
	o, err := h.open(r)
	if err != nil {
		return err
	}
	waits := o.device.Waits(h.Now())
	if waits && o.in == nil {
		return seeOther(w, oidc.PathContinue+"?flow="+url.QueryEscape(o.sealed))
	}
	d := o.device
	q := question{
		Flow: o.sealed, Code: o.flow.UserCode, State: d.State, Over: d.State == idp.DeviceWaiting && !waits, Device: words.Device(browser.Parts(d.UserAgent)), IP: d.IP,
		Scopes: login.ScopeWords(d.Scopes), Resources: d.Resources, Since: d.CreatedAt, SameNetwork: d.IP == h.Callers.Asker(r).IP,
	}
	page := web.Page{Name: "device_connect", App: o.client.Name, Client: o.client.ID, Brand: oidc.Brand(o.client)}
	if o.in != nil {
		q.Email, q.Shown, page.Languages = o.in.User.Email, login.ShownTo(h.Keyring, o.flow, o.in), o.in.User.Locale
	}
	page.Data = q
	return h.Pages.Render(w, r, http.StatusOK, page)
}

// SubmitConnect records what the person decided, once.
func (h *Handlers) SubmitConnect(w http.ResponseWriter, r *http.Request) error {
	o, err := h.open(r)
	if err != nil {
		return err
	}
	if r.PostForm.Get("answer") != "connect" {
		return h.Deny(w, r, o.flow, o.client)
	}
	if o.in == nil {
		return seeOther(w, oidc.PathContinue+"?flow="+url.QueryEscape(o.sealed))
	}
	if !login.WasShownTo(h.Keyring, r, o.flow, o.in) {
		return seeOther(w, oidc.PathConnect+"?flow="+url.QueryEscape(o.sealed))
	}
	err = h.Store.DecideDevice(r.Context(), o.device.ID, idp.DeviceApproved, o.in.User.ID, o.in.Session.ID, h.Now())
	if err != nil && !errors.Is(err, idp.ErrUsed) { // a second press of the button is no mistake; the page says how things stand
		return err
	}
	reqlog.From(r.Context()).Outcome = "device.approved"
	return seeOther(w, oidc.PathConnect+"?flow="+url.QueryEscape(o.sealed))
}
