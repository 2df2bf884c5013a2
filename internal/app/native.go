package app

import (
	"idp/internal/nativeapi"
	"idp/internal/server"
)

// nativeRoutes are the addresses of applications with screens of their own. They
// are there for clients that say native_api only; clients come and go while this
// runs, so that is asked at each call.
func nativeRoutes(h *nativeapi.Handlers) []server.Route {
	return []server.Route{
		{Path: nativeapi.PathSend, Methods: server.Post, Kind: server.API, Handler: h.Send, Preflight: h.Preflight},
		{Path: nativeapi.PathLink, Methods: server.Post, Kind: server.API, Handler: h.VerifyLink, Preflight: h.Preflight},
		{Path: nativeapi.PathCode, Methods: server.Post, Kind: server.API, Handler: h.VerifyCode, Preflight: h.Preflight},
		{Path: nativeapi.PathStatus, Methods: server.Post, Kind: server.API, Handler: h.Status, Preflight: h.Preflight},
		{Path: nativeapi.PathMe, Methods: server.Get, Kind: server.API, Handler: h.Me, Preflight: h.Preflight},
		{Path: nativeapi.PathSignOut, Methods: server.Post, Kind: server.API, Handler: h.SignOut, Preflight: h.Preflight},
	}
}
