package caller

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"

	"github.com/go-jose/go-jose/v4"
)

// The paths that both targets serve.
const (
	pathDiscovery  = "/.well-known/openid-configuration"
	pathJWKS       = "/jwks.json"
	pathAuthorize  = "/authorize"
	pathToken      = "/oauth/token"
	pathPush       = "/oauth/par"
	pathIntrospect = "/oauth/introspect"
	pathUserinfo   = "/userinfo"
	pathLogin      = "/login"
	pathLink       = "/l/"
)

// Provider is a provider as its callers know it.
type Provider struct {
	Issuer string
	host   string
	keys   jose.JSONWebKeySet

	mu   sync.Mutex
	open []net.Conn // of all callers
}

// HangUp closes the connections of all its callers.
func (p *Provider) HangUp() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.open {
		c.Close() // nobody uses it any more
	}
	p.open = nil
}

// Meet reads a running provider's discovery document and keys.
func Meet(issuer string) (*Provider, error) {
	u, err := url.Parse(issuer)
	if err != nil {
		return nil, fmt.Errorf("meet the provider: %w", err)
	}
	p := &Provider{Issuer: issuer, host: u.Host}
	c, err := p.dial()
	if err != nil {
		return nil, err
	}
	defer p.HangUp()
	var doc struct{ Issuer string }
	if err := c.document(pathDiscovery, &doc); err != nil {
		return nil, err
	}
	if doc.Issuer != issuer {
		return nil, fmt.Errorf("meet the provider: it says it is %q, not %q", doc.Issuer, issuer)
	}
	if err := c.document(pathJWKS, &p.keys); err != nil {
		return nil, err
	}
	if len(p.keys.Keys) == 0 {
		return nil, errors.New("meet the provider: it has no keys")
	}
	return p, nil
}

func (c *conn) document(path string, into any) error {
	a, err := c.get(path, "")
	if err == nil {
		err = a.want(http.StatusOK)
	}
	if err == nil {
		err = json.Unmarshal(a.body, into)
	}
	if err != nil {
		return fmt.Errorf("meet the provider: %w", err)
	}
	return nil
}

// Discovery returns an operation that reads the discovery document.
func (p *Provider) Discovery() (func() error, error) { return p.reader(pathDiscovery) }

// JWKS returns an operation that reads the public keys.
func (p *Provider) JWKS() (func() error, error) { return p.reader(pathJWKS) }

func (p *Provider) reader(path string) (func() error, error) {
	c, err := p.dial()
	if err != nil {
		return nil, err
	}
	return func() error {
		a, err := c.get(path, "")
		if err == nil {
			err = a.want(http.StatusOK)
		}
		if err == nil && len(a.body) < 100 {
			err = fmt.Errorf("%s: the document is too short: %s", a.request, a.body)
		}
		return err
	}, nil
}
