package oidc

import (
	"errors"
	"net/http"
	"time"

	"idp/internal/browser"
	"idp/internal/clients"
	"idp/internal/idp"
	"idp/internal/reqlog"
	"idp/internal/secret"
)

// Flows opens the sealed flows of browsers, for every page of one.
type Flows struct {
	Keyring *secret.Keyring
	Clients *clients.Registry
	Callers *browser.Reader
	Issuer  string
	Now     func() time.Time
}

// Open opens the flow of this browser and finds its client. Its errors are pages. One
// that the client's server or the database keeps from being answered now is as good as
// before: the person is told to try again.
func (o Flows) Open(r *http.Request, sealed string) (*idp.Flow, *idp.Client, error) {
	return o.open(r, sealed, false)
}

// open is Open, for flows that are not bound to a browser yet too if unbound says so.
func (o Flows) open(r *http.Request, sealed string, unbound bool) (*idp.Flow, *idp.Client, error) {
	flow, err := idp.OpenFlow(o.Keyring, sealed, o.Callers.Cookies.Browser(r), o.Now())
	if unbound && errors.Is(err, idp.ErrForeignBrowser) && flow.Browser == "" {
		// A request that was posted from another site: this is its first own GET, and
		// here it begins. Anybody may have made it, so what the person did before that
		// does not answer its prompts.
		flow.Start, err = o.Now().UnixMilli(), nil
	}
	if err != nil {
		noteFlow(reqlog.From(r.Context()), flow, err)
		return nil, nil, FlowProblem(flow, err, o.Clients, o.Issuer)
	}
	client, err := o.Clients.Find(r.Context(), flow.ClientID)
	switch {
	case err != nil && (!errors.Is(err, idp.ErrNotFound) || unfetched(err)):
		return nil, nil, unknownClient(flow.ClientID, err)
	case err != nil || flow.Device == "" && !client.AllowsRedirect(flow.RedirectURI):
		return nil, nil, FlowProblem(flow, idp.ErrNotFound, o.Clients, o.Issuer)
	}
	return flow, client, nil
}
