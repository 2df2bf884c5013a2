package nativeapi

import (
	"errors"
	"net/http"
	"time"

	"idp/internal/magiclink"
	"idp/internal/reqlog"
)

// sent is the answer to Send, the same for every address.
type sent struct {
	Status      string `json:"status"`
	Challenge   string `json:"challenge"`
	ResendAfter int    `json:"resend_after"` // seconds
}

// Send asks for a mail.
func (h *Handlers) Send(w http.ResponseWriter, r *http.Request) error {
	return h.serve(w, r, []string{"email"}, h.send)
}

func (h *Handlers) send(c *call) (any, error) {
	challenge, handle, err := h.Login.StartNative(c.r.Context(), c.body["email"], c.client.ID, h.asker(c))
	if errors.Is(err, magiclink.ErrAddress) {
		return nil, addressRefusal(err)
	}
	if err != nil {
		return nil, err
	}
	reqlog.From(c.r.Context()).Outcome = "native.asked"
	wait := h.Login.ResendAdvice(&challenge)
	return sent{"magic link sent", handle.Reveal(), int(wait / time.Second)}, nil
}

func addressRefusal(err error) error {
	no := malformed(magiclink.ErrAddress.Error())
	no.cause = err
	return no
}
