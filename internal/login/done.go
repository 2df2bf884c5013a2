package login

import (
	"net/http"
	"slices"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/oidc"
	"idp/web"
)

// showDone is the page after a proven address. here says that this is the
// browser that asked, which goes on with its request; any other starts anew at
// the application, which finds its session.
func (h *Handlers) showDone(w http.ResponseWriter, r *http.Request, c *magiclink.Challenge, here bool) error {
	client := h.Clients.Client(c.ClientID)
	v := doneView{Challenge: c.ID, Email: c.Email, Here: here, Next: next(c.Flow), Home: next(c.Flow)}
	if !here {
		v.Home = "/account"
	}
	p := web.Page{Name: "done", Languages: c.Locale}
	if client != nil {
		p.App, p.Client, p.Brand = client.Name, client.ID, oidc.Brand(client)
		if again := oidc.StartAgain(client, h.Issuer, hintFor(client, c.Email)); again != "" {
			v.Home = again
		}
	}
	if !here {
		v.Next = v.Home
	}
	p.Data = v
	return h.Pages.Render(w, r, http.StatusOK, p)
}

// doneView is what the page shows. Next finishes the request; Home is where to go
// when it is finished already.
type doneView struct {
	Challenge, Email, Next, Home string
	Here                         bool
}

// hintFor is the address for a client that hears it without anybody being asked;
// "" for all others.
func hintFor(c *idp.Client, email string) string {
	if c.Stranger || c.Consent != idp.ConsentSkip || c.Sector != "" || !slices.Contains(c.Scopes, "email") {
		return ""
	}
	return email
}
