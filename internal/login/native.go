package login

import (
	"errors"
	"net/http"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/web"
)

// backToApp is all that the link of a native challenge shows: the application
// that asked goes on by itself, and no browser can do it in its place. The page
// spends nothing and has no form. err is what OpenLink said of the link.
func (h *Handlers) backToApp(w http.ResponseWriter, l *magiclink.Link, err error) error {
	client := h.Clients.Client(l.Challenge.ClientID)
	if err == nil {
		return h.Pages.Render(w, http.StatusOK, page("native", "Go back to the app", nil, client, nil))
	}
	p := &web.Problem{Status: http.StatusGone, Text: "Ask for a new mail in the app.", Cause: err}
	if client != nil {
		p.App = client.Name
	}
	switch {
	case errors.Is(err, idp.ErrUsed):
		p.Title = "This link was used already"
	case errors.Is(err, idp.ErrExpired):
		p.Title, p.EndedAt = "This link has expired", l.Ends
	default:
		return err
	}
	return p
}
