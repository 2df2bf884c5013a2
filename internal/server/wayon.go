package server

import (
	"net/http"
	"net/url"
	"strings"

	"idp/web"
)

// account is where everybody can go on: whoever is not signed in signs in there.
var account = web.Action{Do: "account", URL: "/account"}

// wayOn is where a problem leads that has no way on of its own, so that no page
// is a dead end: what may work in a moment is tried again, or gone back from if
// it was a form; anything else leads to the account.
func (s *Server) wayOn(p *web.Problem, r *http.Request) web.Action {
	account := account
	if s.cfg.Home.URL != "" {
		account = s.cfg.Home
	}
	passing := p.Status >= http.StatusInternalServerError || !p.RetryAt.IsZero()
	switch {
	case !passing:
		return account
	case r.Method != http.MethodPost:
		return local("again", r.URL)
	}
	// Our pages send their whole address to ourselves, and to nobody else.
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != s.cfg.Issuer.Host || from.Scheme != s.cfg.Issuer.Scheme {
		return account
	}
	return local("back", from)
}

// local is a link within this site, whatever the address looks like.
func local(do string, u *url.URL) web.Action {
	path := u.RequestURI()
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.HasPrefix(path, `/\`) {
		return account
	}
	return web.Action{Do: do, URL: path}
}
