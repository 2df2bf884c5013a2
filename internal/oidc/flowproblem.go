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
		Status: http.StatusBadRequest, Title: "Please start again",
		Text: "This sign-in cannot go on here. Go back to the application and sign in from there.", Cause: err,
		Action: web.Action{Label: "Go to your account", URL: "/account"},
	}
	if errors.Is(err, idp.ErrExpired) {
		p.Title, p.Text = "This sign-in took too long", "It was open for more than half an hour. Go back to the application and sign in again."
	}
	if errors.Is(err, idp.ErrForeignBrowser) {
		p.Title = "This sign-in was started elsewhere"
		p.Text = "It belongs to another browser, or this one does not keep cookies. Go back to the application in this browser and sign in from there."
	}
	if flow == nil {
		return p
	}
	if c := registry.Client(flow.ClientID); c != nil {
		p.App, p.Brand = c.Name, Brand(c)
		if again := StartAgain(c, issuer, ""); again != "" {
			p.Action = web.Action{Label: "Back to " + c.Name, URL: again}
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
