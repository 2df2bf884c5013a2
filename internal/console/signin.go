package console

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"idp/internal/admin"
	"idp/internal/gate"
	"idp/internal/idp"
	"idp/web"
)

// flow is a sign-in on its way.
type flow struct {
	State, Verifier, Return string
	Began                   time.Time
}

// How long ago somebody proved their mailbox who does what cannot be undone: when
// they ask, and when they confirm.
const (
	freshMaxAge  = "600"
	freshToAsk   = 15 * time.Minute
	freshToAct   = 20 * time.Minute
	signInAgain  = "Sign in again"
	signInScopes = "openid " + gate.Scope
)

// signIn sends the browser to the provider.
func (c *Console) signIn(w http.ResponseWriter, r *http.Request) error {
	f := flow{State: rand.Text(), Verifier: rand.Text() + rand.Text(), Return: local(r.Form.Get("return")), Began: c.Now()}
	if err := c.keep(w, flowCookie, f, flowTTL); err != nil {
		return err
	}
	challenge := sha256.Sum256([]byte(f.Verifier))
	query := url.Values{
		"client_id": {c.ClientID}, "redirect_uri": {c.URL + c.Callback}, "response_type": {"code"}, "scope": {signInScopes}, "state": {f.State},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
	}
	if r.Form.Get("fresh") != "" {
		query.Set("max_age", freshMaxAge)
	}
	if r.Form.Get("other") != "" {
		query.Set("prompt", "select_account")
	}
	http.Redirect(w, r, c.Issuer.String()+"/authorize?"+query.Encode(), http.StatusSeeOther)
	return nil
}

// local is a path of the console; / for anything else.
func local(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.Contains(path, `\`) {
		return "/"
	}
	return path
}

// callback takes people back from the provider.
func (c *Console) callback(w http.ResponseWriter, r *http.Request) error {
	var f flow
	known := c.kept(r, flowCookie, &f)
	c.drop(w, flowCookie)
	if !known || c.Now().After(f.Began.Add(flowTTL)) || subtle.ConstantTimeCompare([]byte(f.State), []byte(r.Form.Get("state"))) != 1 {
		return notSignedIn("This sign-in is not the last one that this browser began, or it took too long.", errors.New("state does not fit"))
	}
	if fault := r.Form.Get("error"); fault != "" {
		return notSignedIn("The sign-in was ended before it was done.", errors.New("the provider answered "+fault))
	}
	token, err := c.redeem(r, r.Form.Get("code"), f.Verifier)
	if err != nil {
		return err
	}
	caller, err := c.Gate().Admit(r.Context(), token)
	if no, ok := errors.AsType[*gate.Refusal](err); ok {
		c.end(r, no.Caller)
		if no.Why == gate.NotInGroup {
			return c.refuse(r, no)
		}
		return notSignedIn("The provider did not let the console in.", no)
	}
	if err != nil {
		return err
	}
	if before := c.token(r); before != "" { // of this browser: one is enough
		if old, err := c.Gate().Admit(r.Context(), before); err == nil {
			c.end(r, old)
		}
	}
	if err := c.keep(w, sessionCookie, session{token}, caller.Expires.Sub(c.Now())); err != nil {
		return err
	}
	http.Redirect(w, r, f.Return, http.StatusSeeOther)
	return nil
}

func notSignedIn(text string, cause error) error {
	return &web.Problem{
		Status: http.StatusBadRequest, Title: "You are not signed in", Text: text, Action: web.Action{Label: signInAgain, URL: "/sign-in"}, Cause: cause,
	}
}

// end ends what a sign-in to the console gave.
func (c *Console) end(r *http.Request, who gate.Caller) {
	if who.GrantID == "" || who.ClientID != c.ClientID {
		return
	}
	// Whoever was faster leaves nothing to do; what fails here ends within the hour.
	_, _ = c.Office().RevokeGrant(admin.As(r.Context(), who.ID), who.GrantID)
}

// signOut ends the grant, so that a copy of the cookie opens nothing either.
func (c *Console) signOut(w http.ResponseWriter, r *http.Request) error {
	caller, err := c.Gate().Admit(r.Context(), c.token(r))
	if err != nil && errors.Is(err, idp.ErrUnavailable) {
		return fmt.Errorf("sign out: %w", err)
	}
	if no, ok := errors.AsType[*gate.Refusal](err); ok {
		caller = no.Caller
	}
	c.end(r, caller)
	c.drop(w, sessionCookie)
	return c.render(w, r, http.StatusOK, view{Page: "signedout", Title: "You are signed out", Data: c.Issuer.String() + "/account"})
}
