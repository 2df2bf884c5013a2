package account

import (
	"context"
	"net/http"
	"time"

	"idp/internal/browser"
	"idp/internal/clients"
	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/reqlog"
	"idp/internal/words"
	"idp/web"
)

// Store is what the page reads and ends.
type Store interface {
	Sessions(ctx context.Context, userID string, now time.Time) ([]idp.Session, error)
	UserGrants(ctx context.Context, userID string, now time.Time) ([]idp.Grant, error)
	UserConsents(ctx context.Context, userID string) ([]idp.Allowed, error)
	EndSession(ctx context.Context, userID, sessionID string, now time.Time) error
	EndOtherSessions(ctx context.Context, userID, keepID string, now time.Time) (int64, error)
	Disconnect(ctx context.Context, userID, clientID string, now time.Time) error
	// SignOut returns the clients that know of the session.
	SignOut(ctx context.Context, sessionID string, now time.Time) ([]string, error)
}

// Courier takes logout notices to clients.
type Courier interface {
	// Wake says that some were stored. It never blocks.
	Wake()
}

// Notices tells people by mail what happened in their name.
type Notices interface {
	Notify(ctx context.Context, n magiclink.Notice) error
}

// Handlers serves the page and its forms.
type Handlers struct {
	Store   Store
	Courier Courier
	Notices Notices
	Clients *clients.Registry
	Callers *browser.Reader
	Pages   *web.Pages
	Now     func() time.Time
	// Frames are the addresses by which the clients in ids hear, in the browser, that
	// the session ended.
	Frames func(ids []string, sessionID string) []string
}

type view struct {
	Email          string
	Notice         words.Phrase
	Since          time.Time
	Sessions, Apps []row
}

// signedIn returns who is signed in, or sends a stranger to sign in.
func (h *Handlers) signedIn(w http.ResponseWriter, r *http.Request) (*idp.SignedIn, error) {
	in, err := h.Callers.SignedIn(r, "")
	if err != nil {
		return nil, err
	}
	if in == nil {
		http.Redirect(w, r, "/login", http.StatusSeeOther)
		return nil, nil
	}
	reqlog.From(r.Context()).UserID = in.User.ID
	return in, nil
}

// Show is the account page.
func (h *Handlers) Show(w http.ResponseWriter, r *http.Request) error {
	in, err := h.signedIn(w, r)
	if err != nil || in == nil {
		return err
	}
	sessions, err := h.Store.Sessions(r.Context(), in.User.ID, h.Now())
	if err != nil {
		return err
	}
	apps, err := h.apps(r.Context(), in.User.ID)
	if err != nil {
		return err
	}
	v := view{
		Email: in.User.Email, Since: in.Session.AuthTime, Notice: notices[r.Form.Get("done")],
		Sessions: sessionRows(sessions, in.Session.ID), Apps: apps,
	}
	return h.Pages.Render(w, r, http.StatusOK, web.Page{Name: "account", Languages: in.User.Locale, Data: v})
}
