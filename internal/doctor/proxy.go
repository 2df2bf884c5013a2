package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"idp/internal/mirror"
	"idp/internal/oidc"
)

// forged is an address for documentation (RFC 5737): nobody's, so whoever counts a
// request for it believed what we wrote.
const forged = "192.0.2.66"

const foreignHost = "forged.example.net"

// checkProxy asks the server how it sees a plain request of ours, and one with
// forged headers, through whatever stands in front of it.
func (s *Subject) checkProxy(ctx context.Context) []Finding {
	plain, from, err := s.look(ctx, nil)
	if err != nil {
		return []Finding{unseen(err)}
	}
	lying, _, err := s.look(ctx, http.Header{
		"X-Forwarded-For": {forged}, "X-Real-Ip": {forged}, "Forwarded": {"for=" + forged + ";host=" + foreignHost + ";proto=http"},
		"X-Forwarded-Host": {foreignHost}, "X-Forwarded-Proto": {"http"},
	})
	if err != nil {
		return []Finding{unseen(err)}
	}
	found := []Finding{s.believes(plain, lying, from), s.spoken(plain)}
	if plain.Host != s.Config.IssuerURL.Host || lying.Host != plain.Host {
		found = append(found, problem("let the proxy pass the Host header on as it is", "the server sees the host %q", lying.Host))
	} else {
		found = append(found, ok("the host arrives as it was sent"))
	}
	return found
}

var (
	errNoDate   = errors.New("the answer has no Date")
	errNoMirror = errors.New("there is no mirror")
)

// look asks for the server's image of a request with more headers.
func (s *Subject) look(ctx context.Context, header http.Header) (*mirror.Image, netip.AddrPort, error) {
	clock, err := s.ask(ctx, oidc.PathOpenID, nil)
	if err != nil {
		return nil, netip.AddrPort{}, err
	}
	if clock.date().IsZero() {
		return nil, netip.AddrPort{}, errNoDate
	}
	header = header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set(mirror.Header, mirror.Token(s.Keys, s.Config.Issuer, clock.date()).Reveal())
	a, err := s.ask(ctx, mirror.Path, header)
	if err != nil {
		return nil, netip.AddrPort{}, err
	}
	var image mirror.Image
	if a.status != http.StatusOK || json.Unmarshal(a.body, &image) != nil {
		return nil, netip.AddrPort{}, fmt.Errorf("%w: %d", errNoMirror, a.status)
	}
	return &image, a.from, nil
}

func unseen(err error) Finding {
	if errors.Is(err, errNoMirror) || errors.Is(err, errNoDate) {
		return warning("let the doctor read the same secret as the running server, and let that be of the same release; a proxy must pass on the header "+mirror.Header,
			"the server does not show how it sees requests (%v)", err)
	}
	return unreached(err)
}

// believes says whose addresses the server counts.
func (s *Subject) believes(plain, lying *mirror.Image, from netip.AddrPort) Finding {
	peer, err := netip.ParseAddrPort(plain.Peer)
	if err != nil {
		return note("", "the server is not connected by an address (%s)", plain.Peer)
	}
	host := peer.Addr().Unmap().String()
	direct := netip.AddrPortFrom(from.Addr().Unmap(), from.Port()) == netip.AddrPortFrom(peer.Addr().Unmap(), peer.Port())
	switch believed := lying.Client == forged; {
	case believed && plain.ClientTrusted && (direct || len(plain.ForwardedFor) > 0):
		return note("run the doctor on a machine that http.trusted_proxies does not contain",
			"the doctor's own address %s counts as a proxy, so its headers are believed; what others write cannot be seen from here", plain.Client)
	case believed:
		return problem("let the proxy replace X-Forwarded-For, or append to it, and let http.trusted_proxies name the proxies alone",
			"an address that a caller writes into X-Forwarded-For is believed: nobody's limits hold")
	case direct && plain.PeerTrusted:
		return note("run the doctor where requests pass the proxy", "the doctor reached the server without a proxy in between, from a trusted address")
	case direct:
		return ok("no proxy in between; the server sees %s", plain.Client)
	case plain.PeerTrusted && len(plain.ForwardedFor) == 0 && len(plain.Forwarded) > 0:
		return problem("let the proxy send X-Forwarded-For as well", "the proxy at %s tells the caller's address in Forwarded only, which is not read: all people share its limits", host)
	case plain.PeerTrusted && len(plain.ForwardedFor) == 0:
		return problem("let the proxy append the caller's address to X-Forwarded-For", "the proxy at %s does not tell the caller's address: all people share its limits", host)
	case plain.PeerTrusted && plain.ClientTrusted:
		return note("run the doctor on a machine that http.trusted_proxies does not contain", "the proxy at %s is trusted; the caller %s is too, so little can be seen from here", host, plain.Client)
	case plain.PeerTrusted:
		return ok("the proxy at %s is trusted, the server sees %s, and does not believe what callers write", host, plain.Client)
	case len(plain.ForwardedFor)+len(plain.Forwarded) > 0:
		return problem("add "+host+" to http.trusted_proxies", "there is a proxy at %s that is not trusted: all people share its address and its limits", host)
	default:
		return warning("if "+host+" is a proxy, let it append to X-Forwarded-For and add it to http.trusted_proxies",
			"the server sees %s, which is not where the doctor's connection began: a proxy, or a translated address", host)
	}
}

// spoken says how the request got here. Nothing depends on what a proxy says of it.
func (s *Subject) spoken(image *mirror.Image) Finding {
	switch {
	case s.Config.Insecure():
		return note("", "plain http, as configured")
	case image.TLS:
		return ok("the server speaks https itself")
	case len(image.Proto) > 0 && !strings.EqualFold(image.Proto[len(image.Proto)-1], "https"):
		return warning("let the proxy redirect plain http to https, and say https in X-Forwarded-Proto",
			"the proxy says that the request came by %q; links and cookies are made for https regardless", image.Proto[len(image.Proto)-1])
	default:
		return ok("a proxy speaks https; links and cookies come from the configuration, not from its headers")
	}
}
