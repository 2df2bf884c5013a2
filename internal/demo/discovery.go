package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	discoveryTries = 3
	discoveryPause = 200 * time.Millisecond
)

// discovery finds the provider when it is first needed, and remembers success
// only: after a failure the next request asks again.
type discovery struct {
	cfg   Config
	mu    sync.Mutex
	found *party
}

// party is this application as the provider knows it (the relying party).
type party struct {
	client   *http.Client
	now      func() time.Time
	oauth    oauth2.Config
	provider *oidc.Provider
	verifier *oidc.IDTokenVerifier
	metadata metadata
}

// metadata is what go-oidc leaves to its callers in the discovery document.
type metadata struct {
	EndSession string `json:"end_session_endpoint"`
	// NamesIssuer is the promise of RFC 9207 §3: every answer carries iss.
	NamesIssuer bool `json:"authorization_response_iss_parameter_supported"`
}

// get returns the discovered provider, or errUnreachable.
func (d *discovery) get(ctx context.Context) (*party, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.found != nil {
		return d.found, nil
	}
	found, err := d.ask(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnreachable, err)
	}
	d.found = found
	return found, nil
}

// ask tries a few times within one request, for a provider that is just starting.
func (d *discovery) ask(ctx context.Context) (*party, error) {
	for try := 1; ; try++ {
		provider, err := oidc.NewProvider(oidc.ClientContext(ctx, d.cfg.HTTPClient), d.cfg.Issuer)
		if err == nil {
			return newParty(d.cfg, provider)
		}
		var mismatch *oidc.IssuerMismatchError
		if try == discoveryTries || errors.As(err, &mismatch) {
			return nil, fmt.Errorf("discover provider: %w", err)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("discover provider: %w", ctx.Err())
		case <-time.After(discoveryPause):
		}
	}
}

func newParty(cfg Config, provider *oidc.Provider) (*party, error) {
	p := &party{
		client:   cfg.HTTPClient,
		now:      cfg.Now,
		provider: provider,
		verifier: provider.Verifier(&oidc.Config{ClientID: cfg.ClientID, Now: cfg.Now}),
	}
	if err := provider.Claims(&p.metadata); err != nil {
		return nil, fmt.Errorf("read provider metadata: %w", err)
	}
	endpoint := provider.Endpoint()
	// Named, never probed: the library's probing presents a refused code a
	// second time, which a careful provider takes for theft.
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if cfg.ClientSecret == "" {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	p.oauth = oauth2.Config{
		ClientID:     cfg.ClientID,
		ClientSecret: cfg.ClientSecret,
		Endpoint:     endpoint,
		RedirectURL:  cfg.BaseURL + "/callback",
		Scopes:       []string{oidc.ScopeOpenID, oidc.ScopeEmail, oidc.ScopeProfile, oidc.ScopeOfflineAccess},
	}
	return p, nil
}

// calling gives the libraries our HTTP client through the context, as they ask.
func (p *party) calling(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.client)
}
