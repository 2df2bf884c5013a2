package console

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"idp/internal/admin"
	"idp/internal/gate"
	"idp/internal/idp"
	"idp/internal/markup"
	"idp/internal/reqlog"
	"idp/internal/secret"
	"idp/internal/server"
	"idp/web"
)

// Config is what a Console needs.
type Config struct {
	URL      string // where browsers reach it, without a slash at the end
	Issuer   *url.URL
	ClientID string // of the console as an application
	Callback string // the path where people come back
	Group    string // whose people may use it
	// Provider is the provider's own handler, which redeems codes.
	Provider http.Handler
	Gate     func() *gate.Gate
	Office   func() *admin.Office
	Keyring  *secret.Keyring
	Pages    *web.Pages // for style sheets and problems
	Now      func() time.Time
}

// Console serves the pages.
type Console struct {
	Config
	pages map[string]*markup.Template
}

// New parses the pages.
func New(cfg Config) (*Console, error) {
	c := &Console{Config: cfg}
	var err error
	c.pages, err = parse(cfg.Pages)
	return c, err
}

// Routes is the table of contents.
func (c *Console) Routes() []server.Route {
	asset := func(w http.ResponseWriter, r *http.Request) error { c.Pages.Asset(w, r); return nil }
	routes := []server.Route{
		{Path: "/sign-in", Methods: server.Get, Kind: server.Page, Handler: c.signIn},
		{Path: c.Callback, Methods: server.Get, Kind: server.OpenPage, Handler: c.callback},
		{Path: "/sign-out", Methods: server.Post, Kind: server.Page, Handler: c.signOut},
		// In front of the acts, whose pattern fits it too.
		{Path: "/users/{user}/groups", Methods: server.Post, Kind: server.Page, Handler: c.admitted(c.setGroups)},
		{Path: web.AssetPrefix + "{file}", Methods: server.Get, Kind: server.Asset, Handler: asset},
	}
	for path, show := range map[string]page{
		"/": c.overview, "/users": c.users, "/users/{user}": c.user, "/clients": c.clients, "/clients/{client}": c.client,
		"/mail": c.mail, "/keys": c.keys, "/audit": c.audit, "/failures": c.failures,
	} {
		routes = append(routes, server.Route{Path: path, Methods: server.Get, Kind: server.Page, Handler: c.admitted(show)})
	}
	for path, find := range c.acts() {
		routes = append(routes,
			server.Route{Path: path, Methods: server.Get, Kind: server.Page, Handler: c.admitted(c.confirm(find))},
			server.Route{Path: path, Methods: server.Post, Kind: server.Page, Handler: c.admitted(c.carryOut(find))})
	}
	for i := range routes {
		routes[i].Handler = english(routes[i].Handler)
	}
	return routes
}

// english makes the pages of problems speak as the others do.
func english(h server.Handler) server.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		err := h(w, r)
		if p, ok := errors.AsType[*web.Problem](err); ok {
			p.Languages = "en"
		}
		return err
	}
}

// page serves an administrator.
type page = func(v *visit) error

// visit is one request of somebody who may administer.
type visit struct {
	w      http.ResponseWriter
	r      *http.Request
	caller gate.Caller
	office *admin.Office
}

func (v *visit) query(name string) string { return strings.TrimSpace(v.r.Form.Get(name)) }

// admitted lets administrators in, and shows everybody else the way.
func (c *Console) admitted(show page) server.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		caller, err := c.Gate().Admit(r.Context(), c.token(r))
		var no *gate.Refusal
		switch {
		case errors.As(err, &no) && no.Why == gate.NotInGroup:
			return c.refuse(r, no)
		case errors.As(err, &no) && r.Method == http.MethodGet:
			http.Redirect(w, r, "/sign-in?"+url.Values{"return": {r.URL.RequestURI()}}.Encode(), http.StatusSeeOther)
			return nil
		case errors.As(err, &no):
			return &web.Problem{
				Status: http.StatusForbidden, Title: "You are signed out", Text: "Nothing was changed. Sign in, and try again.",
				Action: web.Action{Label: "Sign in", URL: "/sign-in"}, Cause: no,
			}
		case err != nil:
			return err
		}
		event := reqlog.From(r.Context())
		event.ClientID, event.UserID, event.Outcome = caller.ClientID, caller.UserID, "admin.console"
		v := &visit{w: w, r: r.WithContext(admin.As(r.Context(), caller.ID)), caller: caller, office: c.Office()}
		return said(show(v))
	}
}

// refuse tells somebody who is signed in, and no administrator, what is missing.
func (c *Console) refuse(r *http.Request, no *gate.Refusal) error {
	event := reqlog.From(r.Context())
	event.ClientID, event.UserID, event.Outcome = no.Caller.ClientID, no.Caller.UserID, "admin.refused"
	return &web.Problem{
		Status: http.StatusForbidden, Title: "You are not an administrator",
		Text:   no.Caller.Email + " is signed in, but does not belong to the group " + c.Group + ". Whoever runs this server can change that.",
		Action: web.Action{Label: "Sign in as somebody else", URL: "/sign-in?other=1"}, Cause: no,
	}
}

// said puts into words what is not there, or not possible.
func said(err error) error {
	var p *web.Problem
	back := web.Action{Label: "Back to the console", URL: "/"}
	switch {
	case errors.As(err, &p):
		return err
	case errors.Is(err, idp.ErrNotFound):
		return &web.Problem{Status: http.StatusNotFound, Title: "This is not here", Text: "It may have ended or been deleted meanwhile.", Action: back, Cause: err}
	case errors.Is(err, idp.ErrConflict):
		return &web.Problem{
			Status: http.StatusConflict, Title: "Somebody else was faster", Text: "The same thing was changed at this moment. Look at how it is now, then try again.",
			Action: back, Cause: err,
		}
	}
	return err
}
