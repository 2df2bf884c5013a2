package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// sites are where everything answers, each on a free port. Its JSON form is what
// the suite reads.
type sites struct {
	Issuer  site `json:"issuer"`
	Notes   site `json:"notes"`
	Tasks   site `json:"tasks"`
	Partner site `json:"partner"`
	Inbox   site `json:"inbox"`
	Control site `json:"control"`
	Admin   site `json:"admin"`
	// Documents answers with https, once it is certified.
	Documents site `json:"documents"`
	// Siteverify is where the provider asks what became of a captcha.
	Siteverify site `json:"-"`
}

// site is one listener and its address as a browser writes it.
type site struct {
	net.Listener
	url string
}

// openSites takes all ports. Browsers share cookies between the ports of a host:
// the applications that keep some live on different ones, and one of them on
// another host than the provider.
func openSites() (at sites, err error) {
	for _, open := range []struct {
		site *site
		host string
	}{
		{&at.Issuer, "localhost"}, {&at.Notes, "localhost"}, {&at.Tasks, "127.0.0.1"},
		{&at.Partner, "127.0.0.1"}, {&at.Inbox, "localhost"}, {&at.Control, "127.0.0.1"},
		{&at.Documents, "127.0.0.1"}, {&at.Admin, "127.0.0.1"}, {&at.Siteverify, "127.0.0.1"},
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return at, fmt.Errorf("take a free port: %w", err)
		}
		*open.site = site{l, fmt.Sprintf("http://%s:%d", open.host, l.Addr().(*net.TCPAddr).Port)}
	}
	return at, nil
}

// MarshalText gives the address.
func (s site) MarshalText() ([]byte, error) { return []byte(s.url), nil }

// serve answers until ctx ends.
func (s site) serve(ctx context.Context, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.Serve(s); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve %s: %w", s.url, err)
	}
	return nil
}
