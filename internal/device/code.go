package device

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"idp/internal/browser"
	"idp/internal/clients"
	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/oidc"
	"idp/internal/reqlog"
	"idp/internal/secret"
	"idp/internal/words"
	"idp/web"
)

// Store keeps the devices that wait.
type Store interface {
	// DeviceByCode counts the try before it looks.
	DeviceByCode(ctx context.Context, userCodeMAC string, budgets []magiclink.Count, now time.Time) (idp.Device, error)
	Device(ctx context.Context, id string) (idp.Device, error)
	// DecideDevice returns idp.ErrUsed if the device waits no more.
	DecideDevice(ctx context.Context, id string, state idp.DeviceState, userID, sessionID string, now time.Time) error
}

// Handlers serves the pages.
type Handlers struct {
	Store   Store
	Clients *clients.Registry
	Callers *browser.Reader
	Keyring *secret.Keyring
	Pages   *web.Pages
	Issuer  string
	Now     func() time.Time
	// Deny tells the device that the person said no.
	Deny func(w http.ResponseWriter, r *http.Request, f *idp.Flow, c *idp.Client) error
	// How many codes may be typed by one network, and in one browser.
	PerIP, PerBrowser magiclink.Rate
}

// ShowCode is the form for the code. One in the address fills it in and never
// goes on by itself.
func (h *Handlers) ShowCode(w http.ResponseWriter, r *http.Request) error {
	h.Callers.Cookies.EnsureBrowser(w, r)
	status, problem := http.StatusOK, words.Phrase{}
	if r.Form.Get("refused") != "" {
		status, problem = http.StatusUnprocessableEntity, words.Say("device.wrong")
	}
	return h.Pages.Render(w, r, status, web.Page{Name: "device", Data: map[string]any{
		"Code": secret.ParseUserCode(r.Form.Get("user_code")).Reveal(), "Error": problem,
	}})
}

// SubmitCode finds the device of a typed code and begins its flow. Tries are
// counted before anything is compared.
func (h *Handlers) SubmitCode(w http.ResponseWriter, r *http.Request) error {
	asker, now := h.Callers.Asker(r), h.Now()
	if asker.Browser == "" {
		return oidc.FlowProblem(nil, idp.ErrForeignBrowser, h.Clients, h.Issuer)
	}
	event := reqlog.From(r.Context())
	event.Outcome = "device.code_refused"
	code := secret.ParseUserCode(r.PostForm.Get("user_code"))
	if code.IsZero() { // a slip, not a guess
		return refused(w)
	}
	d, err := h.Store.DeviceByCode(r.Context(), oidc.UserCodeMAC(h.Keyring, code), []magiclink.Count{
		magiclink.NewCount(h.Keyring, "device_codes_per_ip", h.PerIP, asker.Network),
		magiclink.NewCount(h.Keyring, "device_codes_per_browser", h.PerBrowser, string(asker.Browser)),
	}, now)
	client := h.Clients.Client(d.ClientID)
	if errors.Is(err, idp.ErrNotFound) || err == nil && (!d.Waits(now) || client == nil) {
		return refused(w)
	}
	if err != nil {
		return err
	}
	event.ClientID, event.Outcome = d.ClientID, "device.code_found"
	flow := &idp.Flow{
		ID: secret.NewSubject(""), ClientID: d.ClientID, Scopes: d.Scopes, Resources: d.Resources, Browser: asker.Browser, Start: now.UnixMilli(),
		Device: d.ID, UserCode: code.Reveal(),
	}
	return seeOther(w, oidc.PathContinue+"?flow="+url.QueryEscape(flow.Seal(h.Keyring)))
}

// refused goes back to the form: an answer to a form could not be reloaded.
func refused(w http.ResponseWriter) error { return seeOther(w, oidc.PathDevice+"?refused=code") }

func seeOther(w http.ResponseWriter, target string) error {
	w.Header().Set("Location", target)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusSeeOther)
	return nil
}
