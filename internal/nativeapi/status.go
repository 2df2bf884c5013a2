package nativeapi

import (
	"net/http"
	"time"

	"idp/internal/magiclink"
	"idp/internal/reqlog"
)

// waiting is the answer to Status.
type waiting struct {
	Delivery delivered `json:"delivery"`
}

// delivered says where the newest mail is.
type delivered struct {
	State  magiclink.DeliveryState `json:"state"`
	Reason magiclink.Reason        `json:"reason,omitempty"`
	// At, RFC 3339, is when the server took the mail, when the next try is, or when
	// the mailbox refused.
	At string `json:"at,omitempty"`
}

// Status says where the mail of a challenge is, to whoever has the challenge. It
// says the same of mails that never go out.
func (h *Handlers) Status(w http.ResponseWriter, r *http.Request) error {
	return h.serve(w, r, []string{"challenge"}, func(c *call) (any, error) {
		st, err := h.Login.NativeStatus(r.Context(), c.token("challenge"), c.client.ID)
		if err != nil {
			return nil, proofRefusal(err)
		}
		reqlog.From(r.Context()).Outcome = "native.status"
		return waiting{where(st.Delivery)}, nil
	})
}

// where puts into the answer what an application can tell people: not the name of
// a provider, nor what its server said.
func where(d magiclink.Delivery) delivered {
	out := delivered{State: d.State, Reason: d.Reason}
	var at time.Time
	switch d.State {
	case magiclink.Accepted:
		at = d.AcceptedAt
	case magiclink.Deferred:
		at = d.NextAt
	case magiclink.Refused:
		at = d.RefusedAt
	}
	if !at.IsZero() {
		out.At = at.UTC().Format(time.RFC3339)
	}
	return out
}
