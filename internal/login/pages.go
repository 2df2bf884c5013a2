package login

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"idp/internal/browser"
	"idp/internal/clients"
	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/oidc"
	"idp/internal/secret"
	"idp/web"
)

// Consents keeps what people allow.
type Consents interface {
	SaveConsent(ctx context.Context, userID, clientID string, c idp.Consent) error
}

// Config is what the pages need.
type Config struct {
	Login    *magiclink.Service
	Consents Consents
	Clients  *clients.Registry
	Callers  *browser.Reader
	Keyring  *secret.Keyring
	Pages    *web.Pages
	Issuer   string
	MailFrom string // address that mails come from, to tell people what to look for
	// ForeignLinks is for clients that say nothing about it.
	ForeignLinks idp.ForeignLinks
	// Courier takes logout notices to clients.
	Courier interface{ Wake() }
	// Deny sends access_denied to the client.
	Deny func(w http.ResponseWriter, r *http.Request, f *idp.Flow, c *idp.Client) error
	// Finish sends the client a code at once, if a sign-in left nothing to ask, and
	// reports whether it did.
	Finish func(w http.ResponseWriter, r *http.Request, sealedFlow string, in *idp.SignedIn) (done bool, err error)
	Now    func() time.Time
	// KnownBrowserTTL is how long a browser is remembered after a sign-in; 0 for not
	// at all.
	KnownBrowserTTL time.Duration
	// WorkBits is how hard the work is that a mail costs under pressure; 0 for none.
	WorkBits int
	Captcha  Captcha // nil for work alone
	Spent    Spender
	// PostsPerBrowser bounds the forms that one browser sends.
	PostsPerBrowser magiclink.Rate
}

// Handlers serves the pages.
type Handlers struct {
	Config
	pace *pace
}

// New makes Handlers.
func New(cfg Config) *Handlers { return &Handlers{cfg, newPace(cfg.PostsPerBrowser)} }

// flow opens the request's flow for this browser. An empty one is a sign-in for
// the account page: no flow, no client.
func (h *Handlers) flow(r *http.Request) (sealed string, f *idp.Flow, c *idp.Client, err error) {
	sealed = r.Form.Get("flow")
	if sealed == "" {
		return "", nil, nil, nil
	}
	f, c, err = oidc.Flows{Keyring: h.Keyring, Clients: h.Clients, Callers: h.Callers, Issuer: h.Issuer, Now: h.Now}.Open(r, sealed)
	return sealed, f, c, err
}

// next is where a finished page sends the browser.
func next(sealedFlow string) string {
	if sealedFlow == "" {
		return "/account"
	}
	return oidc.PathContinue + "?flow=" + url.QueryEscape(sealedFlow)
}

// page fills in what every page of a flow has in common. Its forms may lead on
// to the client's redirect URI.
func page(name string, f *idp.Flow, c *idp.Client, data any) web.Page {
	p := web.Page{Name: name, Data: data}
	if c != nil {
		p.App, p.Client, p.Brand = c.Name, c.ID, oidc.Brand(c)
	}
	if f != nil {
		p.FormTargets, p.Languages = []string{f.RedirectURI}, f.UILocales
	}
	return p
}

// own is page for somebody who is signed in and may have a language.
func own(name string, f *idp.Flow, c *idp.Client, in *idp.SignedIn, data any) web.Page {
	p := page(name, f, c, data)
	p.Languages += " " + in.User.Locale
	return p
}

func seeOther(w http.ResponseWriter, target string) error {
	w.Header().Set("Location", target)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// signIn gives the browser the session that an approval made, and what it is known
// by when the address signs in here again.
func (h *Handlers) signIn(w http.ResponseWriter, ok magiclink.Approval, token secret.Token, a magiclink.Asker) {
	if a.Session != "" { // its applications may have to hear that it ended
		h.Courier.Wake()
	}
	h.Callers.Cookies.SetSession(w, token, ok.Session.AbsoluteAt, h.Now())
	if h.KnownBrowserTTL > 0 {
		h.Callers.Cookies.SetMarks(w, h.Login.Remember(ok.User.Email, ok.MarksFrom, a.Marks), h.KnownBrowserTTL)
	}
}

// goOn leads on after a sign-in in the browser that asked: back to the application,
// or to whatever page comes before that.
func (h *Handlers) goOn(w http.ResponseWriter, r *http.Request, ok *magiclink.Approval) error {
	flow := ok.Challenge.Flow
	if flow != "" {
		if done, err := h.Finish(w, r, flow, &idp.SignedIn{Session: ok.Session, User: ok.User}); done || err != nil {
			return err
		}
	}
	return seeOther(w, next(flow))
}
