package adminapi

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"idp/internal/admin"
	"idp/internal/gate"
	"idp/internal/reqlog"
	"idp/internal/server"
	"idp/web"
)

// API serves the table.
type API struct {
	// Gate is the door, by the configuration in force.
	Gate func() *gate.Gate
	// Office is what is administered, by the configuration in force.
	Office func() *admin.Office
	Now    func() time.Time
}

// Prefix is where the API stands.
const Prefix = "/api"

// Routes are the table, its description, and an answer for whatever is not there.
func (a *API) Routes() []server.Route {
	routes := []server.Route{{Path: Prefix + "/openapi.json", Methods: server.Get, Kind: server.JSON, Handler: document}}
	for _, op := range table() {
		methods := []string{op.method}
		if op.method == http.MethodGet {
			methods = server.Get
		}
		routes = append(routes, server.Route{Path: Prefix + op.path, Methods: methods, Kind: server.JSON, Handler: a.serve(op)})
	}
	return append(routes, server.Route{Path: Prefix + "/", Kind: server.JSON, Otherwise: true, Handler: server.NotFound})
}

// longest is how long an answer may take: a whole audit log is read for some.
const longest = 10 * time.Minute

func (a *API) serve(op operation) server.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		caller, err := a.Gate().Admit(r.Context(), gate.Presented(r))
		if err != nil {
			return refuse(w, r, err)
		}
		event := reqlog.From(r.Context())
		event.ClientID, event.UserID, event.Outcome = caller.ClientID, caller.UserID, "admin."+op.id
		if op.slow {
			_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(longest)) // without, it may break off
		}
		c := &call{r: r, office: a.Office(), now: a.Now, ctx: admin.As(r.Context(), caller.ID)}
		answer, err := op.do(c)
		if err := errors.Join(c.fault, err); err != nil {
			return problem(err)
		}
		return write(w, op.status(), answer)
	}
}

// refuse says what was missing, as RFC 6750 §3 wants.
func refuse(w http.ResponseWriter, r *http.Request, err error) error {
	var no *gate.Refusal
	if !errors.As(err, &no) {
		return problem(err)
	}
	event := reqlog.From(r.Context())
	event.ClientID, event.UserID, event.Outcome = no.Caller.ClientID, no.Caller.UserID, "admin.refused"
	challenge, status := `Bearer realm="administration"`, http.StatusUnauthorized
	switch no.Why {
	case gate.NoToken:
	case gate.BadToken, gate.Expired:
		challenge += `, error="invalid_token"`
	default:
		challenge, status = challenge+`, error="insufficient_scope", scope="admin"`, http.StatusForbidden
	}
	w.Header().Set("WWW-Authenticate", challenge)
	said := refusals[no.Why]
	return &web.Problem{Status: status, About: string(no.Why), Title: said[0], Text: said[1], Cause: no}
}

// refusals are title and text for each refusal.
var refusals = map[gate.Why][2]string{
	gate.NoToken:     {"An access token is missing", "Send one in the header Authorization: Bearer. docs/admin.md shows how to get it."},
	gate.BadToken:    {"The access token is not valid", "It must be an opaque token of this provider that is not bound to a key, and its grant must not have ended. Get a new one."},
	gate.Expired:     {"The access token has expired", "Get a new one."},
	gate.NoScope:     {"The access token lacks the scope admin", "Ask for the scope admin when you get the token; the client's scopes must contain it."},
	gate.WrongClient: {"Tokens of this application are not taken here", "Name the client in admin.clients of the configuration."},
	gate.NotInGroup:  {"This person is not an administrator", "Put them into the group that admin.group names."},
}

// call is one request that was admitted. Reading its parts collects the first fault.
type call struct {
	r      *http.Request
	ctx    context.Context
	office *admin.Office
	now    func() time.Time
	fault  error
}

func (c *call) badly(title, text string) {
	if c.fault == nil {
		c.fault = &web.Problem{Status: http.StatusBadRequest, About: "bad_request", Title: title, Text: text}
	}
}

// path is a part of the path.
func (c *call) path(name string) string { return unescape(c.r.PathValue(name)) }

func (c *call) query(name string) string { return strings.TrimSpace(c.r.Form.Get(name)) }
