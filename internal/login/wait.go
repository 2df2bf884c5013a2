package login

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/oidc"
	"idp/internal/reqlog"
	"idp/internal/words"
	"idp/web"
)

// waitView is what the waiting page shows.
type waitView struct {
	ID, Email, Number, From, Next, ChangeURL string
	Error                                    words.Phrase
	Delivery                                 deliveryView
	TakesCode, CanResend, LongCode           bool   // no field is shown for a code that cannot work
	ResendIn                                 string // RFC 3339; "" if it may be asked for now
	ResendAt                                 time.Time
	GoodUntil                                time.Time // zero if no mail arrived that is alive
}

// ShowWait is the page "check your mail".
func (h *Handlers) ShowWait(w http.ResponseWriter, r *http.Request) error {
	st, err := h.status(r)
	if err != nil {
		return err
	}
	if st.Challenge.State == magiclink.Approved {
		return h.showDone(w, r, &st.Challenge, true)
	}
	status, text := refusal(st, r.Form.Get("refused"), h.Now())
	return h.wait(w, r, status, st, text)
}

// status reads the challenge of the path for this browser.
func (h *Handlers) status(r *http.Request) (magiclink.Status, error) {
	st, err := h.Login.Status(r.Context(), r.PathValue("challenge"), h.Callers.Cookies.Browser(r))
	if errors.Is(err, idp.ErrNotFound) || errors.Is(err, idp.ErrForeignBrowser) {
		return st, oidc.FlowProblem(nil, err, h.Clients, h.Issuer)
	}
	if err != nil {
		return st, err
	}
	reqlog.From(r.Context()).ClientID = st.Challenge.ClientID
	if st.Challenge.State == magiclink.Cancelled {
		return st, h.cancelled(&st.Challenge)
	}
	if st.Challenge.Expired(h.Now()) && st.Challenge.State != magiclink.Approved {
		return st, h.expired(&st.Challenge)
	}
	return st, nil
}

func (h *Handlers) expired(c *magiclink.Challenge) error {
	p := &web.Problem{
		Status: http.StatusGone, About: "wait_over", Languages: c.Locale,
		EndedAt: c.ExpiresAt, Cause: idp.ErrExpired,
		Action: web.Action{Do: "send_new", URL: addressURL(c.Flow)},
	}
	if client := h.Clients.Client(c.ClientID); client != nil {
		p.App, p.Client, p.Brand = client.Name, client.ID, oidc.Brand(client)
	}
	return p
}

// addressURL is the address form for a new mail in the same flow.
func addressURL(flow string) string {
	if flow == "" {
		return "/login"
	}
	return "/login?again=1&flow=" + url.QueryEscape(flow)
}

func (h *Handlers) wait(w http.ResponseWriter, r *http.Request, status int, st magiclink.Status, problem words.Phrase) error {
	c, now := &st.Challenge, h.Now()
	v := waitView{
		ID: c.ID, Email: c.EmailTyped, Number: c.Number, Error: problem, From: h.MailFrom, Next: next(c.Flow), ChangeURL: addressURL(c.Flow),
		Delivery: delivery(&st, now), TakesCode: takesCode(st, now), LongCode: st.LongCode, CanResend: st.MaySendAgain,
	}
	if st.CodeEnds.After(now) && st.Delivery.State == magiclink.Accepted {
		v.GoodUntil = st.CodeEnds
	}
	if c.NextSendAt.After(now) {
		v.ResendAt, v.ResendIn = c.NextSendAt, c.NextSendAt.UTC().Format(time.RFC3339)
	}
	f, client := h.flowOf(c)
	p := page("wait", f, client, v)
	p.Languages = c.Locale
	return h.Pages.Render(w, r, status, p)
}

// flowOf opens the flow that a challenge of this browser belongs to. It may have
// expired since; the page then only lacks the application's name.
func (h *Handlers) flowOf(c *magiclink.Challenge) (*idp.Flow, *idp.Client) {
	if c.Flow == "" {
		return nil, nil
	}
	f, _ := idp.OpenFlow(h.Keyring, c.Flow, c.Browser, h.Now())
	return f, h.Clients.Client(c.ClientID)
}

// ShowStatus tells the waiting page's script what changed.
func (h *Handlers) ShowStatus(w http.ResponseWriter, r *http.Request) error {
	st, err := h.status(r)
	if err != nil {
		return err
	}
	d := delivery(&st, h.Now())
	in := h.Pages.Words(r, st.Challenge.ClientID, st.Challenge.Locale)
	text, rest, err := in.Around(d.Text, "time")
	if err != nil {
		return err
	}
	answer := map[string]any{"approved": st.Challenge.State == magiclink.Approved, "state": d.State, "text": text}
	if !d.At.IsZero() {
		answer["at"], answer["rest"] = d.At.UTC().Format(time.RFC3339), rest
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, err = w.Write(body)
	return err
}
