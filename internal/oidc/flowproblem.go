package oidc

import (
	"errors"
	"net/http"
	"net/url"

	"idp/internal/clients"
	"idp/internal/idp"
	"idp/web"
)

// FlowProblem is the page for a flow that cannot go on. It never continues a
// stranger's flow: the way on leads back to the application, which starts anew.
func FlowProblem(flow *idp.Flow, err error, registry *clients.Registry, issuer string) *web.Problem {
	p := &web.Problem{
		Status: http.StatusBadRequest, About: "flow", Cause: err,
		Action: web.Action{Do: "account", URL: "/account"},
	}
	if errors.Is(err, idp.ErrExpired) {
		p.About = "flow_over"
	}
	if errors.Is(err, idp.ErrForeignBrowser) {
		p.About = "flow_elsewhere"
	}
	if flow == nil {
		return p
	}
	p.Languages = flow.UILocales
	if c := registry.Client(flow.ClientID); c != nil {
		p.App, p.Client, p.Brand = c.Name, c.ID, Brand(c)
		if again := StartAgain(c, issuer, ""); again != "" {
			p.Action = web.Action{Do: "back_to", App: c.Name, URL: again}
		}
	}
	return p
}

// StartAgain is where a person starts anew at a client: where the client starts
// logins at this issuer itself (OpenID Connect Core §4), or its home page; "" if
// neither is known. hint is the address to sign in with, if it may be told.
func StartAgain(c *idp.Client, issuer, hint string) string {
	u, err := url.Parse(c.InitiateLoginURI)
	if err != nil || c.InitiateLoginURI == "" {
		return c.HomeURI
	}
	q := u.Query()
	q.Set("iss", issuer)
	if hint != "" {
		q.Set("login_hint", hint)
	}
	u.RawQuery = q.Encode()
	return u.String()
}
