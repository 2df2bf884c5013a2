package app

import (
	"net/http"

	"idp/internal/account"
	"idp/internal/device"
	"idp/internal/login"
	"idp/internal/oidc"
	"idp/internal/server"
	"idp/web"
)

// routes is the table of contents of the HTTP interface. The router tries them
// in this order, so the busiest come first.
func routes(p *oidc.Provider, l *login.Handlers, d *device.Handlers, a *account.Handlers, pages *web.Pages) []server.Route {
	asset := func(w http.ResponseWriter, r *http.Request) error { pages.Asset(w, r); return nil }
	home := func(w http.ResponseWriter, r *http.Request) error {
		http.Redirect(w, r, "/account", http.StatusSeeOther)
		return nil
	}
	return []server.Route{
		{Path: oidc.PathToken, Methods: server.Post, Kind: server.API, Handler: p.Token, Preflight: p.Preflight},
		{Path: oidc.PathUserinfo, Methods: server.Both, Kind: server.API, Handler: p.Userinfo, Preflight: p.Preflight},
		{Path: oidc.PathIntrospect, Methods: server.Post, Kind: server.API, Handler: p.Introspect},
		{Path: oidc.PathAuthorize, Methods: server.Both, Kind: server.OpenPage, Handler: p.Authorize},
		{Path: oidc.PathJWKS, Methods: server.Get, Kind: server.Asset, Handler: p.JWKS, Preflight: p.Preflight},
		{Path: oidc.PathOpenID, Methods: server.Get, Kind: server.Asset, Handler: p.Discovery, Preflight: p.Preflight},
		{Path: oidc.PathOAuth, Methods: server.Get, Kind: server.Asset, Handler: p.Discovery, Preflight: p.Preflight},
		{Path: oidc.PathContinue, Methods: server.Get, Kind: server.OpenPage, Handler: p.Continue},
		{Path: oidc.PathRevoke, Methods: server.Post, Kind: server.API, Handler: p.Revoke, Preflight: p.Preflight},
		{Path: oidc.PathPush, Methods: server.Post, Kind: server.API, Handler: p.Push, Preflight: p.Preflight},
		{Path: oidc.PathDevices, Methods: server.Post, Kind: server.API, Handler: p.DeviceAuthorization, Preflight: p.Preflight},
		{Path: oidc.PathDevice, Methods: server.Get, Kind: server.Page, Handler: d.ShowCode},
		{Path: oidc.PathDevice, Methods: server.Post, Kind: server.Page, Handler: d.SubmitCode},
		{Path: oidc.PathConnect, Methods: server.Get, Kind: server.Page, Handler: d.ShowConnect},
		{Path: oidc.PathConnect, Methods: server.Post, Kind: server.Page, Handler: d.SubmitConnect},
		{Path: oidc.PathEndSession, Methods: server.Both, Kind: server.OpenPage, Handler: p.EndSession},
		{Path: oidc.PathEndConfirm, Methods: server.Post, Kind: server.Page, Handler: p.ConfirmEndSession},
		{Path: oidc.PathSignedOut, Methods: server.Get, Kind: server.Page, Handler: p.SignedOut},

		{Path: "/login", Methods: server.Get, Kind: server.Page, Handler: l.ShowAddress},
		{Path: "/login", Methods: server.Post, Kind: server.Page, Handler: l.SubmitAddress},
		{Path: "/login/c/{challenge}/status", Methods: server.Get, Kind: server.API, Handler: l.ShowStatus},
		{Path: "/login/c/{challenge}", Methods: server.Get, Kind: server.Page, Handler: l.ShowWait},
		{Path: "/login/c/{challenge}", Methods: server.Post, Kind: server.Page, Handler: l.SubmitCode},
		{Path: "/login/c/{challenge}/resend", Methods: server.Post, Kind: server.Page, Handler: l.SubmitResend},
		{Path: "/l/{token}", Methods: server.Get, Kind: server.Page, Handler: l.ShowLink},
		{Path: "/l/{token}", Methods: server.Post, Kind: server.Page, Handler: l.SubmitLink},
		{Path: "/n/{token}", Methods: server.Get, Kind: server.Page, Handler: l.ShowNotMe},
		{Path: "/n/{token}", Methods: server.Post, Kind: server.Page, Handler: l.SubmitNotMe},
		{Path: "/login/consent", Methods: server.Get, Kind: server.Page, Handler: l.ShowConsent},
		{Path: "/login/consent", Methods: server.Post, Kind: server.Page, Handler: l.SubmitConsent},
		{Path: "/login/denied", Methods: server.Get, Kind: server.Page, Handler: l.ShowDenied},
		{Path: "/login/denied", Methods: server.Post, Kind: server.Page, Handler: l.SubmitDenied},
		{Path: "/login/account", Methods: server.Get, Kind: server.Page, Handler: l.ShowAccount},
		{Path: "/login/account", Methods: server.Post, Kind: server.Page, Handler: l.SubmitAccount},

		{Path: "/account", Methods: server.Get, Kind: server.Page, Handler: a.Show},
		{Path: "/account/sessions/end-others", Methods: server.Get, Kind: server.Page, Handler: a.ConfirmEndOthers},
		{Path: "/account/sessions/end-others", Methods: server.Post, Kind: server.Page, Handler: a.EndOthers},
		{Path: "/account/sessions/{session}/end", Methods: server.Get, Kind: server.Page, Handler: a.ConfirmEnd},
		{Path: "/account/sessions/{session}/end", Methods: server.Post, Kind: server.Page, Handler: a.EndSession},
		{Path: "/account/applications/{client}/disconnect", Methods: server.Get, Kind: server.Page, Handler: a.ConfirmDisconnect},
		{Path: "/account/applications/{client}/disconnect", Methods: server.Post, Kind: server.Page, Handler: a.Disconnect},
		{Path: "/logout", Methods: server.Post, Kind: server.Page, Handler: a.SignOut},

		{Path: web.AssetPrefix + "{file}", Methods: server.Get, Kind: server.Asset, Handler: asset},
		{Path: "/", Methods: server.Get, Kind: server.Page, Handler: home},
	}
}
