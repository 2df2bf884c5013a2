package login

import (
	"net/http"
	"net/url"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/oidc"
	"idp/web"
)

// showDone is the page after a proven address. here says that this is the
// browser that asked, which goes on with its request; any other starts anew at
// the application, which finds its session.
func (h *Handlers) showDone(w http.ResponseWriter, _ *http.Request, c *magiclink.Challenge, here bool) error {
	client := h.Clients.Client(c.ClientID)
	target := next(c.Flow)
	if !here {
		target = "/account"
		if client != nil && continueElsewhere(client) != "" {
			target = h.initiate(client, c.Email)
		}
	}
	p := web.Page{Name: "done", Title: "Signed in", Data: map[string]any{"Challenge": c.ID, "Next": target, "Email": c.Email, "Here": here}}
	if client != nil {
		p.App = client.Name
	}
	return h.Pages.Render(w, http.StatusOK, p)
}

// continueElsewhere is where an application starts a login of its own.
func continueElsewhere(c *idp.Client) string { return oidc.HomeOf(c) }

// initiate asks the application to start a login here (OpenID Connect Core §4).
func (h *Handlers) initiate(c *idp.Client, email string) string {
	if c.InitiateLoginURI == "" {
		return c.HomeURI
	}
	u, err := url.Parse(c.InitiateLoginURI)
	if err != nil {
		return c.HomeURI
	}
	q := u.Query()
	q.Set("iss", h.Issuer)
	q.Set("login_hint", email)
	u.RawQuery = q.Encode()
	return u.String()
}
