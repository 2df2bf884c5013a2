package mirror

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"idp/internal/browser"
	"idp/internal/secret"
)

// Image is what the server sees of a request.
type Image struct {
	Peer          string   `json:"peer"`           // who is connected to the server: address and port
	PeerTrusted   bool     `json:"peer_trusted"`   // it stands in http.trusted_proxies
	Client        string   `json:"client"`         // the address that budgets are counted for
	ClientTrusted bool     `json:"client_trusted"` // that one stands there too
	Host          string   `json:"host"`
	TLS           bool     `json:"tls"` // the server itself speaks TLS
	ForwardedFor  []string `json:"forwarded_for,omitempty"`
	Proto         []string `json:"forwarded_proto,omitempty"`
	ForwardedHost []string `json:"forwarded_host,omitempty"`
	Forwarded     []string `json:"forwarded,omitempty"`
}

// Handler is the mirror of one server.
type Handler struct {
	Issuer   string
	Keys     *secret.Keyring
	Proxies  browser.Proxies
	Now      func() time.Time
	NotFound func(http.ResponseWriter, *http.Request) error // what everybody else sees
}

// Show answers with an Image, as JSON.
func (h *Handler) Show(w http.ResponseWriter, r *http.Request) error {
	tokens := r.Header.Values(Header)
	if len(tokens) != 1 || !valid(h.Keys, h.Issuer, tokens[0], h.Now()) {
		return h.NotFound(w, r)
	}
	client := h.Proxies.Address(r)
	image := Image{
		Peer: r.RemoteAddr, Client: client.String(), ClientTrusted: h.trusts(client), Host: r.Host, TLS: r.TLS != nil,
		ForwardedFor: r.Header.Values("X-Forwarded-For"), Proto: r.Header.Values("X-Forwarded-Proto"),
		ForwardedHost: r.Header.Values("X-Forwarded-Host"), Forwarded: r.Header.Values("Forwarded"),
	}
	if peer, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		image.PeerTrusted = h.trusts(peer.Addr().Unmap())
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(image)
}

func (h *Handler) trusts(a netip.Addr) bool {
	return slices.ContainsFunc(h.Proxies, func(n netip.Prefix) bool { return n.Contains(a) })
}
