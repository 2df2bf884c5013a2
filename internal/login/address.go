package login

import (
	"encoding/binary"
	"errors"
	"net/http"
	"net/url"
	"time"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/oidc"
	"idp/internal/reqlog"
	"idp/internal/secret"
)

// ShowAddress is the form that asks for an address. A login_hint fills it in and
// never sends by itself.
func (h *Handlers) ShowAddress(w http.ResponseWriter, r *http.Request) error {
	sealed, f, c, err := h.flow(r)
	if err != nil {
		return err
	}
	b := h.Callers.Cookies.EnsureBrowser(w, r)
	if r.Form.Get("work") != "" {
		return h.showWork(w, r, b, sealed, f, c)
	}
	if r.Form.Get("typed") != "" {
		typed, ok := h.openTyped(b, r.Form.Get("typed"))
		if !ok {
			return seeOther(w, addressURL(sealed))
		}
		return h.addressForm(w, r, http.StatusUnprocessableEntity, f, c, addressView{Flow: sealed, Email: typed, Wrong: true})
	}
	email := ""
	if f != nil {
		email = f.LoginHint
		in, err := h.Callers.SignedIn(r, "")
		if err != nil {
			return err
		}
		if in != nil && !in.Session.AuthTime.Before(f.StartedAt()) && r.Form.Get("again") == "" {
			// Back from the application: this request was answered already. Links that
			// want the form all the same say so.
			return h.showDone(w, r, &magiclink.Challenge{Flow: sealed, ClientID: c.ID, Email: in.User.Email, Locale: in.User.Locale}, true)
		}
	} else if in, err := h.Callers.SignedIn(r, ""); err != nil {
		return err
	} else if in != nil {
		return seeOther(w, "/account")
	}
	return h.addressForm(w, r, http.StatusOK, f, c, addressView{Flow: sealed, Email: email})
}

const typedLabel = "typed-address"

// addressView is what the form shows.
type addressView struct {
	Flow, Email   string
	Wrong, Create bool // what was typed is no address; an account is to be made
}

// sealTyped seals what was typed into the form, because addresses have no place in
// URLs. It is for one browser and as long as its work may take: the page of the work
// sends it by itself, and a link from elsewhere must not make it send another's.
func (h *Handlers) sealTyped(b secret.Hash, typed string) string {
	ends := binary.BigEndian.AppendUint64(nil, uint64(h.Now().Add(workTTL).Unix()))
	return h.Keyring.Seal(typedLabel, append(ends, typed...), []byte(b))
}

// openTyped reads back what was typed in this browser; false if it was typed in
// another, or too long ago.
func (h *Handlers) openTyped(b secret.Hash, sealed string) (typed string, ok bool) {
	plain, err := h.Keyring.Open(typedLabel, sealed, []byte(b))
	if err != nil || len(plain) < 8 || !h.Now().Before(time.Unix(int64(binary.BigEndian.Uint64(plain)), 0)) {
		return "", false
	}
	return string(plain[8:]), true
}

func (h *Handlers) addressForm(w http.ResponseWriter, r *http.Request, status int, f *idp.Flow, c *idp.Client, v addressView) error {
	v.Create = f != nil && f.Prompted("create")
	return h.Pages.Render(w, r, status, page("login", f, c, v))
}

// SubmitAddress starts a login and goes on to its waiting page. The answer is
// the same for every address, known or not.
func (h *Handlers) SubmitAddress(w http.ResponseWriter, r *http.Request) error {
	sealed, f, c, err := h.flow(r)
	if err != nil {
		return err
	}
	asker := h.Callers.Asker(r)
	if asker.Browser == "" {
		return oidc.FlowProblem(f, idp.ErrForeignBrowser, h.Clients, h.Issuer)
	}
	if err := h.pace.use(asker.Browser, h.Now()); err != nil {
		return h.limited(err, c, next(sealed))
	}
	clientID, asked := "", ""
	if f != nil {
		clientID, asked = c.ID, f.UILocales
	}
	asker.Locale = h.Pages.Locale(r, asked)
	typed := r.PostForm.Get("email")
	if must, err := h.needsWork(r, typed, &asker); err != nil {
		return h.limited(err, c, next(sealed))
	} else if must {
		return h.toWork(w, r, asker.Browser, sealed, typed)
	}
	challenge, err := h.Login.Start(r.Context(), typed, sealed, clientID, asker)
	if errors.Is(err, magiclink.ErrAddress) {
		return seeOther(w, "/login?"+url.Values{"flow": {sealed}, "typed": {h.sealTyped(asker.Browser, typed)}}.Encode())
	}
	if err != nil {
		return h.limited(err, c, next(sealed))
	}
	event := reqlog.From(r.Context())
	event.ClientID, event.Outcome = clientID, "login.asked"
	if challenge.Unwelcome {
		event.Refused(reqlog.Mismatch{Kind: string(idp.FailSignup), Seen: idp.MaskAddress(challenge.Email)})
	}
	return seeOther(w, "/login/c/"+challenge.ID)
}
