package nativeapi

import (
	"errors"
	"net/http"
	"time"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/reqlog"
)

// signedIn is the answer to a proof that is good.
type signedIn struct {
	User         user   `json:"user"`
	SessionToken string `json:"session_token"`
	RefreshToken string `json:"refresh_token"`
	ExpiresAt    string `json:"expires_at"` // of the session token, RFC 3339
	// Device is the mark by which this device asks for mails to the address again.
	Device string `json:"device,omitempty"`
}

type user struct {
	ID    string `json:"id"`
	Email string `json:"email"`
}

// VerifyLink takes the token of a link.
func (h *Handlers) VerifyLink(w http.ResponseWriter, r *http.Request) error {
	return h.serve(w, r, []string{"token"}, func(c *call) (any, error) {
		if err := h.whereAsked(c); err != nil {
			return nil, err
		}
		ok, err := h.Login.UseNativeLink(r.Context(), c.token("token"), c.token("challenge"), c.client.ID, h.asker(c))
		return h.signIn(c, "native.link", ok, err)
	})
}

// VerifyCode takes a code, with the challenge of its mail or with the address.
func (h *Handlers) VerifyCode(w http.ResponseWriter, r *http.Request) error {
	return h.serve(w, r, []string{"code"}, func(c *call) (any, error) {
		if (c.body["challenge"] == "") == (c.body["email"] == "") {
			return nil, malformed("one of challenge and email must be there, not both")
		}
		if err := h.whereAsked(c); err != nil {
			return nil, err
		}
		ok, err := h.tryCode(c)
		return h.signIn(c, "native.code", ok, err)
	})
}

// whereAsked wants the challenge where mails are good for nobody but the one who asked.
// Without it, whoever comes to hold a mail could do here what no page lets them.
func (h *Handlers) whereAsked(c *call) error {
	policy := c.client.ForeignLinks
	if policy == "" {
		policy = h.ForeignLinks
	}
	if policy == idp.ForeignCodeOnly && c.body["challenge"] == "" {
		return malformed("challenge is missing: foreign_links is code_only, so mails work only where they were asked for")
	}
	return nil
}

func (h *Handlers) tryCode(c *call) (magiclink.Approval, error) {
	ctx, code, asker := c.r.Context(), c.body["code"], h.asker(c)
	if c.body["challenge"] != "" {
		return h.Login.SubmitNativeCode(ctx, c.token("challenge"), code, c.client.ID, asker)
	}
	ok, err := h.Login.SubmitNativeCodeFor(ctx, c.body["email"], code, c.client.ID, asker)
	if errors.Is(err, magiclink.ErrAddress) {
		err = addressRefusal(err)
	}
	return ok, err
}

// signIn gives the tokens for a proof.
func (h *Handlers) signIn(c *call, how string, ok magiclink.Approval, err error) (any, error) {
	event := reqlog.From(c.r.Context())
	if err != nil {
		event.Outcome = how + "_refused"
		return nil, proofRefusal(err)
	}
	tokens, err := h.Provider.GrantNative(c.r.Context(), c.client, ok)
	if err != nil {
		event.Outcome = how + "_refused"
		return nil, proofRefusal(err)
	}
	event.Outcome = how + "_redeemed"
	return signedIn{
		User: user{tokens.Subject, ok.User.Email}, SessionToken: tokens.Access, RefreshToken: tokens.Refresh,
		ExpiresAt: tokens.ExpiresAt.Format(time.RFC3339), Device: h.remember(c, &ok),
	}, nil
}

// remember is the mark that the device should keep: the one it has, if that is
// for this address, or a new one; "" if devices keep none.
func (h *Handlers) remember(c *call, ok *magiclink.Approval) string {
	if !h.KnownDevices {
		return ""
	}
	return h.Login.Remember(ok.User.Email, ok.MarksFrom, h.asker(c).Marks)[0]
}
