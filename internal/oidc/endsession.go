package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"idp/internal/idp"
	"idp/internal/reqlog"
	"idp/internal/secret"
	"idp/internal/words"
	"idp/web"
)

// logout is a checked request to end a session. It travels sealed: into the page
// that asks, and through the redirect after a post from another site.
type logout struct {
	ClientID string      `json:"c,omitempty"`
	Redirect string      `json:"r,omitempty"` // registered, or ""
	State    string      `json:"s,omitempty"`
	Subject  string      `json:"u,omitempty"` // of the ID token hint
	HintSID  string      `json:"i,omitempty"`
	Session  secret.Hash `json:"h,omitempty"` // of the session cookie that the page asked about
}

const logoutLabel = "logout"

func (l *logout) seal(k *secret.Keyring) string {
	plain, err := json.Marshal(l)
	if err != nil {
		panic("oidc: a logout is plain data: " + err.Error())
	}
	return k.Seal(logoutLabel, plain, nil)
}

func openLogout(k *secret.Keyring, text string) (logout, error) {
	var l logout
	plain, err := k.Open(logoutLabel, text, nil)
	if err == nil {
		err = json.Unmarshal(plain, &l)
	}
	if err != nil {
		return l, logoutProblem(words.Say("problem.logout.old"), nil)
	}
	return l, nil
}

// EndSession is RP-initiated logout. It changes nothing itself: it shows a page
// whose form ends the session. The form is sent by itself if an ID token of the
// session came along; otherwise the person is asked.
func (p *Provider) EndSession(w http.ResponseWriter, r *http.Request) error {
	request, err := p.logoutRequest(r)
	if err != nil {
		return err
	}
	if r.Method == http.MethodPost {
		// A post from another site brings no SameSite=Lax cookie; a GET of our own
		// does, so who is signed in is asked then.
		redirect(w, PathEndSession+"?request="+request.seal(p.Keyring))
		return nil
	}
	in, err := p.Callers.SignedIn(r, "")
	if err != nil {
		return err
	}
	page := web.Page{Name: "logout", Languages: clip(r.Form.Get("ui_locales"))}
	auto, email := false, ""
	if in != nil {
		request.Session, email = p.Callers.Cookies.Session(r), in.User.Email
		page.Languages += " " + in.User.Locale
		asking := p.Clients.Client(request.ClientID)
		auto = request.Subject == p.subject(asking, in.User.ID) && request.HintSID == p.session(asking, in.Session.ID)
	} else if request.Redirect != "" {
		// Nobody is signed in, so there is nothing to ask.
		return p.afterLogout(w, request)
	}
	if c := p.Clients.Client(request.ClientID); c != nil {
		page.App, page.Client, page.Brand = c.Name, c.ID, Brand(c)
	}
	if request.Redirect != "" {
		page.FormTargets = []string{request.Redirect}
	}
	page.Data = map[string]any{"Auto": auto, "Email": email, "Request": request.seal(p.Keyring)}
	return p.Pages.Render(w, r, http.StatusOK, page)
}

// logoutRequest reads a request that was posted and sealed, or checks a new one. What
// is sealed has no end, and the right to an address has.
func (p *Provider) logoutRequest(r *http.Request) (logout, error) {
	sealed := r.Form.Get("request")
	if sealed == "" {
		return p.parseLogout(r)
	}
	request, err := openLogout(p.Keyring, sealed)
	if err == nil && request.Redirect != "" {
		err = p.mayLead(r.Context(), request.ClientID, request.Redirect)
	}
	return request, err
}

// parseLogout checks everything a logout request claims. A redirect that is not
// registered for the client is an error page, never a redirect.
func (p *Provider) parseLogout(r *http.Request) (logout, error) {
	form := r.Form
	request := logout{ClientID: form.Get("client_id"), State: form.Get("state")}
	if text := form.Get("id_token_hint"); text != "" {
		claims, err := p.verifyHint(r.Context(), text)
		if err != nil {
			refusedPage(reqlog.From(r.Context()), request.ClientID, idp.FailHint, "it is not an ID token of this provider", "")
			return request, logoutProblem(words.Plain("The id_token_hint is not an ID token of this provider."), nil)
		}
		request.Subject, request.HintSID = claims.Subject, claims.SessionID
		if request.ClientID == "" && len(claims.Audience) > 0 {
			request.ClientID = claims.Audience[0]
		} else if !slices.Contains(claims.Audience, request.ClientID) {
			refusedPage(reqlog.From(r.Context()), request.ClientID, idp.FailHint, "it was issued to another client", "")
			return request, logoutProblem(words.Plain("The id_token_hint was issued to another client than client_id names."), nil)
		}
	}
	if len(request.State) > maxState {
		return request, logoutProblem(words.Plain("The state is too long."), nil)
	}
	uri := form.Get("post_logout_redirect_uri")
	if uri == "" {
		return request, nil
	}
	if err := p.mayLead(r.Context(), request.ClientID, uri); err != nil {
		return request, err
	}
	request.Redirect = uri
	return request, nil
}

// mayLead checks that the client may have people sent to an address when they have
// signed out.
func (p *Provider) mayLead(ctx context.Context, id, uri string) error {
	client, err := p.leavingFrom(ctx, id)
	if err != nil {
		return err
	}
	reqlog.From(ctx).ClientID = client.ID
	if client.AllowsPostLogoutRedirect(uri) {
		return nil
	}
	refusedPage(reqlog.From(ctx), client.ID, idp.FailPostLogout, uri, strings.Join(client.PostLogoutRedirectURIs, " "))
	return logoutProblem(words.Say("problem.logout.redirect"),
		[]web.Detail{{Label: "post_logout_redirect_uri sent", Value: clip(uri)}, {Label: "registered", Value: strings.Join(client.PostLogoutRedirectURIs, "  ")}})
}

// leavingFrom finds the client that wants the person back afterwards, wherever it
// describes itself: what this process remembers of documents ends with it. If its
// server does not answer, the person can still sign out here.
func (p *Provider) leavingFrom(ctx context.Context, id string) (*idp.Client, error) {
	client, err := p.Clients.Find(ctx, id)
	switch {
	case err == nil:
		return client, nil
	case errors.Is(err, idp.ErrNotFound) && !unfetched(err):
		refusedPage(reqlog.From(ctx), id, idp.FailUnknownClient, id, "")
		return nil, logoutProblem(words.Plain("A post_logout_redirect_uri needs a known client_id or an id_token_hint."), nil)
	}
	err = unknownClient(id, err)
	var page *web.Problem
	if errors.As(err, &page) {
		page.Action = web.Action{Do: "sign_out", URL: PathEndSession}
	}
	return nil, err
}

// logoutProblem says why, in English where it is for whoever made the request.
func logoutProblem(why words.Phrase, details []web.Detail) error {
	return &web.Problem{
		Status: http.StatusBadRequest, About: "logout", With: []any{"why", why},
		Details: details, Action: web.Action{Do: "sign_out", URL: PathEndSession},
	}
}

// ConfirmEndSession ends the session that the page asked about, unless the
// person chose to stay, and goes on to where the application wanted.
func (p *Provider) ConfirmEndSession(w http.ResponseWriter, r *http.Request) error {
	request, err := openLogout(p.Keyring, r.PostForm.Get("request"))
	if err != nil {
		return err
	}
	if r.PostForm.Get("answer") == "no" {
		redirect(w, PathSignedOut)
		return nil
	}
	if request.Redirect != "" && p.mayLead(r.Context(), request.ClientID, request.Redirect) != nil {
		request.Redirect = "" // the person signs out all the same
	}
	// A session that began after the page was shown is not the one it asked about.
	var frames []string
	if request.Session != "" && request.Session == p.Callers.Cookies.Session(r) {
		if frames, err = p.signOut(r); err != nil {
			return err
		}
		p.Callers.Cookies.ClearSession(w)
	}
	if len(frames) == 0 {
		return p.afterLogout(w, request)
	}
	app := ""
	if c := p.Clients.Client(request.ClientID); c != nil {
		app = c.Name
	}
	return p.Pages.Render(w, r, http.StatusOK, web.SignedOut(frames, request.target(), app))
}

// signOut ends the caller's session, if there is one, and has its clients told:
// server to server, and by the frames that it returns.
func (p *Provider) signOut(r *http.Request) (frames []string, err error) {
	in, err := p.Callers.SignedIn(r, "")
	if err != nil || in == nil {
		return nil, err
	}
	ids, err := p.Grants.SignOut(r.Context(), in.Session.ID, p.Now())
	if err != nil {
		return nil, err
	}
	p.Courier.Wake()
	event := reqlog.From(r.Context())
	event.UserID, event.Outcome = in.User.ID, "logout"
	return p.LogoutFrames(ids, in.Session.ID), nil
}

// LogoutFrames are the addresses that a browser must load for the clients in ids to
// hear that the session ended.
func (p *Provider) LogoutFrames(ids []string, sessionID string) []string {
	return p.Clients.LogoutFrames(ids, p.Issuer, func(c *idp.Client) string { return p.session(c, sessionID) })
}

func (p *Provider) afterLogout(w http.ResponseWriter, request logout) error {
	target := request.target()
	if target == "" {
		target = PathSignedOut
	}
	redirect(w, target)
	return nil
}

// target is where the application wants the person afterwards; "" for nowhere.
func (l *logout) target() string {
	if l.Redirect == "" || l.State == "" {
		return l.Redirect
	}
	sep := "?"
	if strings.Contains(l.Redirect, "?") {
		sep = "&"
	}
	return l.Redirect + sep + "state=" + url.QueryEscape(l.State)
}

// SignedOut says how a sign-out ended: whoever chose to stay is still signed in.
func (p *Provider) SignedOut(w http.ResponseWriter, r *http.Request) error {
	in, err := p.Callers.SignedIn(r, "")
	if err != nil {
		return err
	}
	page := web.Page{Name: "logged_out", Data: map[string]any{"Stayed": in != nil}}
	if in != nil {
		page.Languages = in.User.Locale
	}
	return p.Pages.Render(w, r, http.StatusOK, page)
}
