package nativeapi

import (
	"net/http"
	"time"

	"idp/internal/browser"
	"idp/internal/clients"
	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/oidc"
	"idp/internal/secret"
)

// The paths of the API.
const (
	PathSend    = "/v1/auth/magic-link/send"
	PathLink    = "/v1/auth/magic-link/verify"
	PathCode    = "/v1/auth/email-otp/verify"
	PathStatus  = "/v1/auth/status"
	PathMe      = "/v1/auth/me"
	PathSignOut = "/v1/auth/sign-out"
)

// Handlers serves the API.
type Handlers struct {
	Login    *magiclink.Service
	Provider *oidc.Provider
	Clients  *clients.Registry
	Callers  *browser.Reader
	Now      func() time.Time
	// KnownDevices says that a device keeps a mark after a sign-in, as a browser
	// does.
	KnownDevices bool
	// ForeignLinks is for clients that say nothing about it.
	ForeignLinks idp.ForeignLinks
}

// call is one request that may be made.
type call struct {
	r      *http.Request
	client *idp.Client
	body   members
}

// asker is who calls. What a browser's cookies say is nothing to this API.
func (h *Handlers) asker(c *call) magiclink.Asker {
	a := h.Callers.Asker(c.r)
	a.Browser, a.Session, a.Marks = "", "", nil
	if mark := c.body["device"]; h.KnownDevices && mark != "" {
		a.Marks = []string{mark}
	}
	return a
}

func (c *call) token(name string) secret.Token { return secret.TokenOf(c.body[name]) }

// serve reads a call, lets it act, and writes what comes of it.
func (h *Handlers) serve(w http.ResponseWriter, r *http.Request, required []string, act func(*call) (any, error)) error {
	c, err := h.admit(w, r, required)
	var answer any
	if err == nil {
		answer, err = act(c)
	}
	if err != nil {
		return h.refuse(w, r, err)
	}
	return writeJSON(w, http.StatusOK, answer)
}

// admit finds out who calls, and whether they may.
func (h *Handlers) admit(w http.ResponseWriter, r *http.Request, required []string) (*call, error) {
	h.cors(w, r)
	body, err := read(w, r)
	if err != nil {
		return nil, err
	}
	for _, name := range append([]string{"app_id"}, required...) {
		if body[name] == "" {
			return nil, malformed(name + " is missing")
		}
	}
	client, err := h.Provider.NativeClient(r, body["app_id"])
	if err != nil {
		return nil, clientRefusal(err)
	}
	if r.Header.Get("Origin") != "" && r.Header.Get("X-Requested-With") == "" {
		return nil, &refusal{status: http.StatusForbidden, code: "forbidden", text: "a call from a browser must carry the header X-Requested-With"}
	}
	return &call{r, client, body}, fromOwnOrigin(r, client)
}
