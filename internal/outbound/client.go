package outbound

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// The errors of Client.Do beside those of the network.
var (
	// ErrForbidden: the request must not leave, or its target's address is one
	// that must not be reached.
	ErrForbidden = errors.New("forbidden target")
	// ErrTooLarge: the answer's body is larger than the Client takes.
	ErrTooLarge = errors.New("answer too large")
)

// Options are the bounds of a Client.
type Options struct {
	// Networks that may be reached beside the public internet. If they hold
	// loopback addresses, plain http to loopback is accepted too.
	Networks []netip.Prefix
	RootCAs  *x509.CertPool // nil: the system's
	Timeout  time.Duration  // of one request, from the name's resolution to the body's last byte
	MaxBody  int64          // bytes
	Watch    Watch          // nil for nobody
}

// Watch sees every request: it is called before one, and what it returns after it,
// with the answer's status or 0. It does not hear where the request goes.
type Watch func(context.Context) (context.Context, func(status int))

// Client sends requests. It is safe for concurrent use.
type Client struct {
	http     *http.Client
	networks []netip.Prefix
	maxBody  int64
	watch    Watch
}

// Answer is what came back. Status may be anything, a redirect too.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

const (
	maxHeader   = 32 << 10
	keepIdle    = 30 * time.Second
	idlePerHost = 2
	idleTotal   = 64
)

// New makes a Client.
func New(o Options) *Client {
	c := &Client{networks: o.Networks, maxBody: o.MaxBody, watch: o.Watch}
	dialer := &net.Dialer{Timeout: o.Timeout, Control: c.control}
	c.http = &http.Client{
		Timeout:       o.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			// No Proxy: what we check would be the proxy's address, not the target's.
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{RootCAs: o.RootCAs, MinVersion: tls.VersionTLS12},
			ForceAttemptHTTP2:      true,
			DisableCompression:     true, // MaxBody counts what we read
			MaxResponseHeaderBytes: maxHeader,
			MaxIdleConns:           idleTotal, MaxIdleConnsPerHost: idlePerHost, IdleConnTimeout: keepIdle,
		},
	}
	return c
}

// control sees the address of every connection after the name was resolved and
// right before it is made: there is no second look at the name that could lead
// elsewhere.
func (c *Client) control(_, address string, _ syscall.RawConn) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %s", ErrForbidden, address)
	}
	if !Allowed(target.Addr(), c.networks) {
		return fmt.Errorf("%w: %s is not on the public internet, and no allow_private_targets opens it", ErrForbidden, target.Addr())
	}
	return nil
}

// Do sends one request and reads the whole answer. It returns ErrForbidden
// without a connection. If only the body could not be read, because it is too large
// (ErrTooLarge) or did not come, the answer comes with the error, but for its body.
func (c *Client) Do(req *http.Request) (*Answer, error) {
	if c.watch == nil {
		return c.do(req)
	}
	ctx, over := c.watch(req.Context())
	answer, err := c.do(req.WithContext(ctx))
	status := 0
	if answer != nil {
		status = answer.Status
	}
	over(status)
	return answer, err
}

func (c *Client) do(req *http.Request) (*Answer, error) {
	if err := c.check(req); err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req) //nolint:gosec // guarding this very call is what the package is for
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer := &Answer{Status: resp.StatusCode, Header: resp.Header}
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.maxBody+1))
	if err != nil {
		return answer, fmt.Errorf("read answer: %w", err)
	}
	if int64(len(body)) > c.maxBody {
		return answer, ErrTooLarge
	}
	answer.Body = body
	return answer, nil
}

// check refuses what must not even be tried.
func (c *Client) check(req *http.Request) error {
	u := req.URL
	switch {
	case u.User != nil:
		return fmt.Errorf("%w: a user name in the address", ErrForbidden)
	case u.Hostname() == "":
		return fmt.Errorf("%w: no host", ErrForbidden)
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && c.reachesLoopback(u.Hostname()):
		return nil
	}
	return fmt.Errorf("%w: %s is not https", ErrForbidden, u.Scheme)
}

// reachesLoopback reports whether host is this machine and that is open. It
// takes the name localhost as RFC 6761 §6.3 says: the address of the connection
// is checked in any case.
func (c *Client) reachesLoopback(host string) bool {
	return slices.ContainsFunc(LiteralAddrs(host), func(a netip.Addr) bool { return a.IsLoopback() && Allowed(a, c.networks) })
}

// LiteralAddrs are the addresses of a host that needs no DNS: an address, or
// localhost. It is empty for every other name.
func LiteralAddrs(host string) []netip.Addr {
	if host == "localhost" {
		return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{plain(a)}
	}
	return nil
}
