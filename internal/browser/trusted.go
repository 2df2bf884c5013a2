package browser

import (
	"net/http"
	"net/netip"
)

// Sent reports whether a trusted proxy is the one that sent the request, whose
// headers are then believed.
func (p Proxies) Sent(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && p.trusts(peer.Addr().Unmap().WithZone(""))
}
