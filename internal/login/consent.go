package login

import (
	"net/http"
	"net/url"
	"slices"

	"idp/internal/idp"
	"idp/internal/oidc"
	"idp/internal/reqlog"
	"idp/internal/secret"
	"idp/internal/words"
)

// scopeWords are the scopes that have words of their own in the catalogue.
var scopeWords = []string{"openid", "email", "profile", "groups", "offline_access"}

// ScopeWords says what scopes mean to the person who allows them.
func ScopeWords(scopes []string) []words.Phrase {
	var all []words.Phrase
	for _, s := range scopes {
		if slices.Contains(scopeWords, s) {
			all = append(all, words.Say("scope."+s))
		} else {
			all = append(all, words.Say("scope.other", "scope", s))
		}
	}
	return all
}

// signedInFlow opens the flow and who is signed in. A page that needs somebody
// sends a browser without a session back to be decided again.
func (h *Handlers) signedInFlow(w http.ResponseWriter, r *http.Request) (sealed string, f *idp.Flow, c *idp.Client, in *idp.SignedIn, err error) {
	sealed, f, c, err = h.flow(r)
	if err == nil && f == nil {
		err = oidc.FlowProblem(nil, idp.ErrNotFound, h.Clients, h.Issuer)
	}
	if err != nil {
		return "", nil, nil, nil, err
	}
	in, err = h.Callers.SignedIn(r, c.ID)
	if err != nil {
		return "", nil, nil, nil, err
	}
	event := reqlog.From(r.Context())
	event.ClientID = c.ID
	if in == nil {
		return sealed, f, c, nil, seeOther(w, next(sealed))
	}
	event.UserID = in.User.ID
	return sealed, f, c, in, nil
}

// ShowConsent asks whether the application may have what it asks for.
func (h *Handlers) ShowConsent(w http.ResponseWriter, r *http.Request) error {
	sealed, f, c, in, err := h.signedInFlow(w, r)
	if err != nil || in == nil {
		return err
	}
	return h.Pages.Render(w, r, http.StatusOK, own("consent", f, c, in, map[string]any{
		"Flow": sealed, "Email": in.User.Email, "Shown": ShownTo(h.Keyring, f, in), "Scopes": ScopeWords(f.ScopesToAllow()), "Redirect": f.RedirectURI, "Resources": f.Resources, "Stranger": strangerOf(c, f),
	}))
}

// SubmitConsent records a yes and decides again; a no goes back to the
// application as access_denied.
func (h *Handlers) SubmitConsent(w http.ResponseWriter, r *http.Request) error {
	sealed, f, c, in, err := h.signedInFlow(w, r)
	if err != nil || in == nil {
		return err
	}
	event := reqlog.From(r.Context())
	if r.PostForm.Get("answer") != "allow" {
		event.Outcome = "consent.denied"
		return h.Deny(w, r, f, c)
	}
	if !WasShownTo(h.Keyring, r, f, in) {
		return seeOther(w, "/login/consent?flow="+url.QueryEscape(sealed))
	}
	err = h.Consents.SaveConsent(r.Context(), in.User.ID, c.ID, idp.Consent{Scopes: f.Consents(), GrantedAt: h.Now()})
	if err != nil {
		return err
	}
	event.Outcome = "consent.allowed"
	return seeOther(w, next(sealed))
}

const shownLabel = "question-shown-to"

// ShownTo is what the form of a question brings back as "shown": whom it was put to.
func ShownTo(k *secret.Keyring, f *idp.Flow, in *idp.SignedIn) string {
	return k.MAC(shownLabel, f.ID, in.User.ID)
}

// WasShownTo reports whether the question that a form answers was put to whoever is
// signed in now: another tab may have changed who that is. If not, they see it first.
func WasShownTo(k *secret.Keyring, r *http.Request, f *idp.Flow, in *idp.SignedIn) bool {
	return k.CheckMAC(shownLabel, r.PostForm.Get("shown"), f.ID, in.User.ID)
}

// ShowAccount asks which account to go on with.
func (h *Handlers) ShowAccount(w http.ResponseWriter, r *http.Request) error {
	sealed, f, c, in, err := h.signedInFlow(w, r)
	if err != nil || in == nil {
		return err
	}
	return h.Pages.Render(w, r, http.StatusOK, own("choose", f, c, in, map[string]any{
		"Flow": sealed, "Email": in.User.Email, "Shown": ShownTo(h.Keyring, f, in),
	}))
}

// SubmitAccount goes on with the account of this browser's session.
func (h *Handlers) SubmitAccount(w http.ResponseWriter, r *http.Request) error {
	sealed, f, _, in, err := h.signedInFlow(w, r)
	if err != nil || in == nil {
		return err
	}
	if !WasShownTo(h.Keyring, r, f, in) {
		return seeOther(w, "/login/account?flow="+url.QueryEscape(sealed))
	}
	f.Account = in.Session.ID
	return seeOther(w, next(f.Seal(h.Keyring)))
}
