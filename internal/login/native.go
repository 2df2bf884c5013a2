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
func (h *Handlers) backToApp(w http.ResponseWriter, r *http.Request, l *magiclink.Link, err error) error {
	client := h.Clients.Client(l.Challenge.ClientID)
	if err == nil {
		p := page("native", nil, client, nil)
		p.Languages = l.Challenge.Locale
		return h.Pages.Render(w, r, http.StatusOK, p)
	}
	p := &web.Problem{Status: http.StatusGone, Languages: l.Challenge.Locale, Cause: err}
	if client != nil {
		p.App, p.Client = client.Name, client.ID
	}
	switch {
	case errors.Is(err, idp.ErrUsed):
		p.About = "native_used"
	case errors.Is(err, idp.ErrExpired):
		p.About, p.EndedAt = "native_expired", l.Ends
	case errors.Is(err, magiclink.ErrCancelled):
		p.About = "cancelled"
	default:
		return err
	}
	return p
}
