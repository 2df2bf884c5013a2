package doctor

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"strings"
	"time"
)

// answer is what the server at the issuer said.
type answer struct {
	status int
	header http.Header
	body   []byte
	tls    *tls.ConnectionState
	from   netip.AddrPort // our end of the connection
	took   time.Duration
}

const maxAnswer = 1 << 20

// ask sends a GET to a path of the issuer, on a connection of its own, and follows
// no redirect.
func (s *Subject) ask(ctx context.Context, path string, header http.Header) (*answer, error) {
	a := &answer{}
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(c httptrace.GotConnInfo) {
		a.from, _ = netip.ParseAddrPort(c.Conn.LocalAddr().String())
	}})
	req, err := http.NewRequestWithContext(traced, http.MethodGet, s.Config.Issuer+path, nil)
	if err != nil {
		return nil, fmt.Errorf("ask the issuer: %w", err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	client := &http.Client{
		Transport:     &http.Transport{DialContext: s.dial, DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: s.Roots, MinVersion: tls.VersionTLS12}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	start := time.Now()
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask the issuer: %w", err)
	}
	defer resp.Body.Close()
	a.took = time.Since(start)
	a.status, a.header, a.tls = resp.StatusCode, resp.Header, resp.TLS
	a.body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("ask the issuer: %w", err)
	}
	return a, nil
}

// dial connects by the doctor's own resolver. Names below localhost are this machine
// for every browser, and for few resolvers (RFC 6761 §6.3).
func (s *Subject) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if host, port, err := net.SplitHostPort(address); err == nil && strings.HasSuffix(host, ".localhost") {
		address = net.JoinHostPort("localhost", port)
	}
	d := net.Dialer{Timeout: dialTimeout}
	if r, own := s.Resolver.(*net.Resolver); own {
		d.Resolver = r
	}
	return d.DialContext(ctx, network, address)
}

const dialTimeout = 5 * time.Second

// date is the server's clock, to the second; the zero time if it does not say.
func (a *answer) date() time.Time {
	t, err := http.ParseTime(a.header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return t
}
