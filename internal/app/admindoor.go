package app

import (
	"idp/internal/admin"
	"idp/internal/adminapi"
	"idp/internal/config"
	"idp/internal/console"
	"idp/internal/gate"
	"idp/internal/server"
	"idp/web"
)

// adminAPI are the routes of the administrator's API; none if the configuration has
// none, or would have it heard by strangers.
func (a *App) adminAPI(c *config.Admin) []server.Route {
	if !c.API() || !c.Private() {
		return nil
	}
	api := &adminapi.API{
		Gate:   func() *gate.Gate { return a.Current().gate(c.Clients...) },
		Office: func() *admin.Office { return a.Current().office },
		Now:    a.now,
	}
	return api.Routes()
}

// console are the routes of the administrator's console; none under the same
// conditions.
func (a *App) console(c *config.Config, pages *web.Pages) ([]server.Route, error) {
	if !c.Admin.Console() || !c.Admin.Private() {
		return nil, nil
	}
	keyring, err := Keyring(c)
	if err != nil {
		return nil, err
	}
	pagesOf, err := console.New(console.Config{
		URL: c.Admin.URL, Issuer: c.IssuerURL, ClientID: config.ConsoleClient, Callback: config.ConsoleCallback, Group: c.Admin.Group,
		Provider: a.Server.Handler(), Gate: func() *gate.Gate { return a.Current().gate(config.ConsoleClient) },
		Office: func() *admin.Office { return a.Current().office }, Keyring: keyring, Pages: pages, Now: a.now,
	})
	if err != nil {
		return nil, err
	}
	return pagesOf.Routes(), nil
}

// gate is the administrator's door for the tokens of some clients.
func (a *App) gate(clients ...string) *gate.Gate {
	return &gate.Gate{Clients: clients, Tokens: a.provider, Member: a.cfg.Administers}
}

// warnOfStrangers tells an administrator why there is less than they asked for.
func (a *App) warnOfStrangers(c *config.Admin) {
	if (c.API() || c.Console()) && !c.Private() {
		a.log.Warn("the administrator's API and console are off: beyond loopback they need admin.tls, which allow_plaintext does not replace", "listen", c.Listen)
	}
}
