package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"idp/internal/admin"
	"idp/internal/audit"
	"idp/internal/browser"
	"idp/internal/gate"
	"idp/internal/idp"
	"idp/web"
)

// act is something that ends, and is confirmed before.
type act struct {
	Heading, Text, Button string
	Back                  string // where to go without it
	Done                  string // where to go behind it
	Path                  string // of the form
	Section               string
	change                audit.Name // the event of it
	final                 bool       // it cannot be undone
	do                    func(ctx context.Context) error
}

// acts are what can be confirmed, by the path of the page; each finds what it is
// about, or returns idp.ErrNotFound and no more of the act than its event.
func (c *Console) acts() map[string]func(v *visit) (act, error) {
	return map[string]func(v *visit) (act, error){
		"/users/{user}/{act}":                  userAct,
		"/users/{user}/sessions/{session}/end": endSession,
		"/users/{user}/grants/{grant}/revoke":  revokeGrant,
		"/keys/rotate":                         rotateKeys,
	}
}

// notices are what the page says behind an act.
var notices = map[string]string{
	"disable": "This person is disabled. Their sessions have ended.", "enable": "This person can sign in again.",
	"end-sessions": "All sessions have ended.", "session": "The session has ended.", "grant": "The application has no tokens of this grant any more.",
	"groups": "The groups are changed.", "delete": "The person is deleted.", "rotate": "New keys are made. They sign as soon as every application can know them.",
}

// userChanges are what the acts on a person change.
var userChanges = map[string]audit.Name{
	"disable": audit.UserDisabled, "enable": audit.UserEnabled, "end-sessions": audit.SessionAllEnded, "delete": audit.UserDeleted,
}

func userAct(v *visit) (act, error) {
	a, err := v.office.User(v.r.Context(), v.r.PathValue("user"))
	name, s := v.r.PathValue("act"), v.office
	here := "/users/" + a.ID
	out := act{Back: here, Done: here + "?done=" + name, Section: "/users", change: userChanges[name]}
	if err != nil {
		return out, err
	}
	switch name {
	case "disable":
		out.Heading, out.Button = "Disable "+a.Email+"?", "Disable"
		out.Text = "Their sessions end, applications lose their tokens, and the address can no longer sign in. You can enable them again."
		out.do = func(ctx context.Context) error { _, err := s.Disable(ctx, a.ID); return err }
	case "enable":
		out.Heading, out.Button = "Enable "+a.Email+"?", "Enable"
		out.Text = "They can sign in again. What ended stays ended."
		out.do = func(ctx context.Context) error { _, err := s.Enable(ctx, a.ID); return err }
	case "end-sessions":
		out.Heading, out.Button = "End all sessions of "+a.Email+"?", "End all sessions"
		out.Text = "They are signed out everywhere, and sign in anew."
		out.do = func(ctx context.Context) error { _, err := s.EndSessions(ctx, a.ID); return err }
	case "delete":
		out.Heading, out.Button, out.final = "Delete "+a.Email+" for good?", "Delete for good", true
		out.Text = "User, sessions, grants and letters go, and there is no way back. If the address signs in again, it is another user: to keep somebody out, disable them."
		out.Done = "/users?done=delete"
		out.do = func(ctx context.Context) error { _, err := s.Delete(ctx, a.ID); return err }
	default:
		return act{}, notHere()
	}
	return out, nil
}

func notHere() error {
	return &web.Problem{Status: http.StatusNotFound, About: "not_found", Action: web.Action{Label: "Back to the console", URL: "/"}}
}

// endSession and revokeGrant look for their thing among those of the person: the page
// must not name one, and end another's.
func endSession(v *visit) (act, error) {
	out := act{change: audit.SessionEnded}
	a, err := v.office.User(v.r.Context(), v.r.PathValue("user"))
	if err != nil {
		return out, err
	}
	all, err := v.office.Sessions(v.r.Context(), a.ID)
	i := slices.IndexFunc(all, func(s idp.Session) bool { return s.ID == v.r.PathValue("session") })
	if err == nil && i < 0 {
		err = fmt.Errorf("%s has no such session: %w", a.ID, idp.ErrNotFound)
	}
	if err != nil {
		return out, err
	}
	out.Heading, out.Button = "End this session of "+a.Email+"?", "End this session"
	out.Text = "They are signed out in that browser (" + browser.Device(all[i].UserAgent) + "), with everything that came of it."
	out.Back, out.Done, out.Section = "/users/"+a.ID, "/users/"+a.ID+"?done=session", "/users"
	out.do = func(ctx context.Context) error { return v.office.EndSession(ctx, all[i].ID) }
	return out, nil
}

func revokeGrant(v *visit) (act, error) {
	out := act{change: audit.GrantRevoked}
	a, err := v.office.User(v.r.Context(), v.r.PathValue("user"))
	if err != nil {
		return out, err
	}
	all, err := v.office.Grants(v.r.Context(), a.ID)
	i := slices.IndexFunc(all, func(g idp.Grant) bool { return g.ID == v.r.PathValue("grant") })
	if err == nil && i < 0 {
		err = fmt.Errorf("%s gave no such grant: %w", a.ID, idp.ErrNotFound)
	}
	if err != nil {
		return out, err
	}
	out.Heading, out.Button = "Take the access of "+all[i].ClientID+" to "+a.Email+" away?", "Revoke this grant"
	out.Text = "The application's tokens of this grant are dead at once; one that it can read by itself lives until it expires."
	out.Back, out.Done, out.Section = "/users/"+a.ID, "/users/"+a.ID+"?done=grant", "/users"
	out.do = func(ctx context.Context) error { _, err := v.office.RevokeGrant(ctx, all[i].ID); return err }
	return out, nil
}

func rotateKeys(v *visit) (act, error) {
	return act{
		Heading: "Make new signing keys?", Button: "Make new keys", Back: "/keys", Done: "/keys?done=rotate", Section: "/keys", change: audit.KeyRotated, final: true,
		Text: "They are published now and sign as soon as every application can know them. For a key that has become known, use idp keys rotate --now.",
		do:   func(ctx context.Context) error { _, err := v.office.Signing.Replace(ctx, "", false); return err },
	}, nil
}

// fresh reports whether the administrator proved their mailbox lately enough.
func (c *Console) fresh(who gate.Caller, within time.Duration) bool {
	return c.Now().Sub(who.AuthTime) <= within
}

// confirm asks before.
func (c *Console) confirm(find func(v *visit) (act, error)) page {
	return func(v *visit) error {
		a, err := find(v)
		if err != nil {
			return err
		}
		if a.final && !c.fresh(v.caller, freshToAsk) {
			again := url.Values{"return": {v.r.URL.Path}, "fresh": {"1"}}
			http.Redirect(v.w, v.r, "/sign-in?"+again.Encode(), http.StatusSeeOther)
			return nil
		}
		a.Path = v.r.URL.Path
		return c.show(v, view{Page: "confirm", Title: a.Heading, Section: a.Section, Data: a})
	}
}

// carryOut does it.
func (c *Console) carryOut(find func(v *visit) (act, error)) page {
	return func(v *visit) error {
		a, err := find(v)
		about := v.r.PathValue("user")
		if err != nil {
			return v.office.Refused(v.r.Context(), a.change, about, err)
		}
		if a.final && !c.fresh(v.caller, freshToAct) {
			cause := v.office.Refused(v.r.Context(), a.change, about, admin.ErrUnproved)
			return &web.Problem{
				Status: http.StatusForbidden, Title: "Prove your mailbox first", Text: "Nothing was changed. What cannot be undone wants a sign-in of the last minutes.",
				Action: web.Action{Label: signInAgain, URL: v.r.URL.Path}, Cause: cause,
			}
		}
		if err := a.do(v.r.Context()); err != nil && !errors.Is(err, admin.ErrAlready) {
			return err
		}
		http.Redirect(v.w, v.r, a.Done, http.StatusSeeOther)
		return nil
	}
}
