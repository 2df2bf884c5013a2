package bounce

import (
	"encoding/json"
	"io"
	"net/http"
	"time"

	"idp/internal/magiclink"
	"idp/internal/mail"
	"idp/internal/reqlog"
	"idp/internal/secret"
	"idp/internal/webhook"
)

// Handler serves POST /mail/bounces/{provider}.
type Handler struct {
	Desk *Desk
	// Keys are what the providers sign with, by their names.
	Keys map[string]secret.Token
}

// event is what a provider, or a small program between it and us, reports.
type event struct {
	Type string    `json:"type"` // mail.bounced or mail.delayed
	Time time.Time `json:"timestamp"`
	Data struct {
		MessageID string `json:"message_id"` // as in our mail, or our X-Entity-Ref-ID
		Recipient string `json:"recipient"`
		Status    string `json:"status"` // RFC 3463
	} `json:"data"`
}

// actions puts a provider's words into RFC 3464's.
var actions = map[string]string{"mail.bounced": "failed", "mail.delayed": "delayed"}

// Post takes one event. It answers 204 for what it does not care about too:
// senders repeat what is refused.
func (h *Handler) Post(w http.ResponseWriter, r *http.Request) error {
	log := reqlog.From(r.Context())
	key, known := h.Keys[r.PathValue("provider")]
	if !known {
		return refuse(w, http.StatusNotFound, "unknown_provider")
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return refuse(w, http.StatusBadRequest, "unreadable")
	}
	if err := webhook.Verify(r.Header, key, h.Desk.Now(), body); err != nil {
		log.Outcome = "bounce.refused"
		return refuse(w, http.StatusUnauthorized, "invalid_signature")
	}
	var e event
	if err := json.Unmarshal(body, &e); err != nil {
		return refuse(w, http.StatusBadRequest, "invalid_json")
	}
	action, known := actions[e.Type]
	if known && e.Data.Recipient == "" {
		return refuse(w, http.StatusBadRequest, "invalid_recipient")
	}
	// An address that this server does not write to is about somebody else's mail,
	// with the same account of the provider.
	if email, err := canonical(e.Data.Recipient); known && err == nil {
		b := magiclink.Bounce{Email: email, Status: enhanced.FindString(e.Data.Status), WrittenAt: e.Time}
		if id, ok := mail.FindRef(h.Desk.Keys, e.Data.MessageID, email); ok {
			b.LetterID, b.WrittenAt = id, secret.IDTime("let_", id)
		}
		if now := h.Desk.Now(); b.WrittenAt.IsZero() || b.WrittenAt.After(now) {
			b.WrittenAt = now
		}
		if err := h.Desk.record(r.Context(), b, action); err != nil {
			return err
		}
		log.Outcome = "bounce." + action
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func refuse(w http.ResponseWriter, status int, code string) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(map[string]string{"error": code})
}
