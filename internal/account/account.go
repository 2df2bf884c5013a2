package account

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"idp/internal/browser"
	"idp/internal/clients"
	"idp/internal/idp"
	"idp/internal/reqlog"
	"idp/web"
)

// Store is what the page reads and ends.
type Store interface {
	Sessions(ctx context.Context, userID string, now time.Time) ([]idp.Session, error)
	UserGrants(ctx context.Context, userID string, now time.Time) ([]idp.Grant, error)
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

// Handlers serves the page and its forms.
type Handlers struct {
	Store   Store
	Issuer  string
	Courier Courier
	Clients *clients.Registry
	Callers *browser.Reader
	Pages   *web.Pages
	Now     func() time.Time
}

type view struct {
	Email, Notice string
	Since         time.Time
	Sessions      []session
	Apps          []app
}

type session struct {
	ID, Device, IP         string
	Current                bool
	SignedInAt, LastSeenAt time.Time
}

type app struct {
	ID, Name, Access string
	Since, LastUsed  time.Time
}

// notices are shown after an action; the page's address names them.
var notices = map[string]string{
	"ended":        "That session has ended.",
	"others-ended": "All other sessions have ended.",
	"disconnected": "The application no longer has access.",
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
	grants, err := h.Store.UserGrants(r.Context(), in.User.ID, h.Now())
	if err != nil {
		return err
	}
	v := view{Email: in.User.Email, Since: in.Session.AuthTime, Notice: notices[r.Form.Get("done")], Apps: h.apps(grants)}
	for _, s := range sessions {
		v.Sessions = append(v.Sessions, session{
			ID: s.ID, Device: browser.Device(s.UserAgent), IP: s.IP, Current: s.ID == in.Session.ID, SignedInAt: s.AuthTime, LastSeenAt: s.LastSeenAt,
		})
	}
	return h.Pages.Render(w, http.StatusOK, web.Page{Name: "account", Title: "Your account", Data: v})
}

// apps folds the grants into one row per application, the newest first.
func (h *Handlers) apps(grants []idp.Grant) []app {
	var out []app
	at := map[string]int{}
	for _, g := range grants {
		i, seen := at[g.ClientID]
		if !seen {
			name := g.ClientID
			if c := h.Clients.Client(g.ClientID); c != nil {
				name = c.Name
			}
			i = len(out)
			at[g.ClientID] = i
			out = append(out, app{ID: g.ClientID, Name: name, Access: access(g.Scopes)})
		}
		if g.LastUsedAt.After(out[i].LastUsed) {
			out[i].LastUsed = g.LastUsedAt
		}
		out[i].Since = g.CreatedAt // grants come newest first, so the oldest stays
	}
	return out
}

// access says in words what scopes give.
func access(scopes []string) string {
	words := map[string]string{"email": "your address", "profile": "your name and language", "offline_access": "stays connected"}
	var out []string
	for _, s := range scopes {
		if w, ok := words[s]; ok {
			out = append(out, w)
		}
	}
	if len(out) == 0 {
		return "knows that it is you"
	}
	return strings.Join(out, ", ")
}

// EndSession ends another browser's session, and all that came from it.
func (h *Handlers) EndSession(w http.ResponseWriter, r *http.Request) error {
	return h.act(w, r, "ended", "session.ended", func(in *idp.SignedIn) error {
		return h.Store.EndSession(r.Context(), in.User.ID, r.PathValue("session"), h.Now())
	})
}

// EndOthers ends every session but this one.
func (h *Handlers) EndOthers(w http.ResponseWriter, r *http.Request) error {
	return h.act(w, r, "others-ended", "session.others_ended", func(in *idp.SignedIn) error {
		_, err := h.Store.EndOtherSessions(r.Context(), in.User.ID, in.Session.ID, h.Now())
		return err
	})
}

// Disconnect takes an application's access away.
func (h *Handlers) Disconnect(w http.ResponseWriter, r *http.Request) error {
	return h.act(w, r, "disconnected", "application.disconnected", func(in *idp.SignedIn) error {
		return h.Store.Disconnect(r.Context(), in.User.ID, r.PathValue("client"), h.Now())
	})
}

// act does one thing for the signed-in user and shows the page again. What is
// already gone counts as done: pressing twice is no mistake.
func (h *Handlers) act(w http.ResponseWriter, r *http.Request, done, outcome string, do func(*idp.SignedIn) error) error {
	in, err := h.signedIn(w, r)
	if err != nil || in == nil {
		return err
	}
	if err := do(in); err != nil && !errors.Is(err, idp.ErrNotFound) {
		return fmt.Errorf("account: %w", err)
	}
	h.Courier.Wake()
	reqlog.From(r.Context()).Outcome = outcome
	http.Redirect(w, r, "/account?done="+done, http.StatusSeeOther)
	return nil
}

// SignOut ends this browser's session. Clients that want to hear of it in the
// browser do so from the page that says it.
func (h *Handlers) SignOut(w http.ResponseWriter, r *http.Request) error {
	in, err := h.Callers.SignedIn(r, "")
	if err != nil {
		return err
	}
	var frames []string
	if in != nil {
		ids, err := h.Store.SignOut(r.Context(), in.Session.ID, h.Now())
		if err != nil {
			return err
		}
		h.Courier.Wake()
		frames = h.Clients.LogoutFrames(ids, h.Issuer, in.Session.ID)
		event := reqlog.From(r.Context())
		event.UserID, event.Outcome = in.User.ID, "logout"
	}
	h.Callers.Cookies.ClearSession(w)
	if len(frames) > 0 {
		return h.Pages.Render(w, http.StatusOK, web.SignedOut(frames, "", ""))
	}
	http.Redirect(w, r, "/signed-out", http.StatusSeeOther)
	return nil
}
