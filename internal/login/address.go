package login

import (
	"errors"
	"net/http"
	"net/url"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/oidc"
	"idp/internal/reqlog"
)

// ShowAddress is the form that asks for an address. A login_hint fills it in and
// never sends by itself.
func (h *Handlers) ShowAddress(w http.ResponseWriter, r *http.Request) error {
	sealed, f, c, err := h.flow(r)
	if err != nil {
		return err
	}
	h.Callers.Cookies.EnsureBrowser(w, r)
	if r.Form.Get("work") != "" {
		return h.showWork(w, r, sealed, f, c)
	}
	if typed := r.Form.Get("typed"); typed != "" {
		return h.addressForm(w, r, http.StatusUnprocessableEntity, f, c, addressView{Flow: sealed, Email: h.openTyped(typed), Wrong: true})
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

// openTyped reads back what was typed into the form; it travels sealed, because
// addresses have no place in URLs.
func (h *Handlers) openTyped(sealed string) string {
	typed, err := h.Keyring.Open(typedLabel, sealed, nil)
	if err != nil {
		return ""
	}
	return string(typed)
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
		return limited(err, c, next(sealed))
	}
	clientID, asked := "", ""
	if f != nil {
		clientID, asked = c.ID, f.UILocales
	}
	asker.Locale = h.Pages.Locale(r, asked)
	typed := r.PostForm.Get("email")
	if must, err := h.needsWork(r, typed, &asker); err != nil {
		return err
	} else if must {
		return h.toWork(w, r, sealed, typed)
	}
	challenge, err := h.Login.Start(r.Context(), typed, sealed, clientID, asker)
	if errors.Is(err, magiclink.ErrAddress) {
		return seeOther(w, "/login?"+url.Values{"flow": {sealed}, "typed": {h.Keyring.Seal(typedLabel, []byte(typed), nil)}}.Encode())
	}
	if err != nil {
		return limited(err, c, next(sealed))
	}
	event := reqlog.From(r.Context())
	event.ClientID, event.Outcome = clientID, "login.asked"
	if challenge.Unwelcome {
		event.Refused(reqlog.Mismatch{Kind: string(idp.FailSignup), Seen: idp.MaskAddress(challenge.Email)})
	}
	return seeOther(w, "/login/c/"+challenge.ID)
}
