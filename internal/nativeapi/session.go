package nativeapi

import (
	"errors"
	"net/http"

	"idp/internal/idp"
	"idp/internal/oidc"
	"idp/internal/reqlog"
)

// Me says whom the session token is about.
func (h *Handlers) Me(w http.ResponseWriter, r *http.Request) error {
	return h.withBearer(w, r, func(holder oidc.NativeHolder) (any, error) {
		reqlog.From(r.Context()).Outcome = "native.me"
		return map[string]oidc.NativePerson{"user": holder.Person}, nil
	})
}

// SignOut ends the grant of the session token, and with it all tokens of it.
func (h *Handlers) SignOut(w http.ResponseWriter, r *http.Request) error {
	return h.withBearer(w, r, func(holder oidc.NativeHolder) (any, error) {
		if err := h.Provider.EndNative(r.Context(), holder.Grant); err != nil {
			return nil, err
		}
		reqlog.From(r.Context()).Outcome = "native.signed_out"
		return map[string]string{"status": "signed out"}, nil
	})
}

// withBearer is serve for calls that a token speaks for: they need no body, and
// what a page of another site could send by itself is not among them.
func (h *Handlers) withBearer(w http.ResponseWriter, r *http.Request, act func(oidc.NativeHolder) (any, error)) error {
	h.cors(w, r)
	holder, err := h.Provider.NativeBearer(r)
	if errors.Is(err, idp.ErrNotFound) {
		no := &refusal{status: http.StatusUnauthorized, code: "unauthorized", cause: err}
		if r.Header.Get("Authorization") != "" {
			no.challenge = deadBearer
		}
		err = no
	}
	if err == nil {
		err = fromOwnOrigin(r, holder.Client)
	}
	var answer any
	if err == nil {
		answer, err = act(holder)
	}
	if err != nil {
		return h.refuse(w, r, err)
	}
	return writeJSON(w, http.StatusOK, answer)
}
