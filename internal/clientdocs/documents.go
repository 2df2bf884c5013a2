package clientdocs

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"

	"idp/internal/idp"
	"idp/internal/lru"
	"idp/internal/outbound"
)

// Timeout and MaxBody are the bounds of one document.
const (
	Timeout = 5 * time.Second
	MaxBody = 10 << 10
)

// How long a document counts. What its server says is kept within the bounds.
var life = outbound.Life{Usual: 15 * time.Minute, Shortest: time.Minute, Longest: time.Hour}

const (
	badFor      = time.Minute      // a refusal
	silentFor   = 10 * time.Second // a server that did not answer
	staleFor    = 24 * time.Hour   // a good document whose server does not answer
	maxEntries  = 1000             // of each memory
	maxFetching = 16               // documents at once
	maxPerHost  = 4                // of these
)

// Config is what Documents need.
type Config struct {
	// Allow are the hosts that may describe clients: host, host:port, *.domain, or *
	// for every host. Without a port only 443 is meant.
	Allow     []string
	Scopes    []string // the most that such a client may have
	Resources []string // the audiences that it may ask for (RFC 8707)
	Out       *outbound.Client
	Now       func() time.Time
}

// Documents finds clients by their documents. It is safe for concurrent use.
type Documents struct {
	Config
	good, bad *lru.Memory[string, entry]
	flight    singleflight.Group
	places    *outbound.Places
}

// entry is what is remembered of a document: a client, or why there is none.
type entry struct {
	client *idp.Client
	err    error
	until  time.Time // it counts without asking again
	stale  time.Time // it counts if asking fails
}

// New makes Documents that remember nothing yet.
func New(cfg Config) *Documents {
	return &Documents{Config: cfg, good: lru.New[string, entry](maxEntries), bad: lru.New[string, entry](maxEntries), places: outbound.NewPlaces(maxFetching, maxPerHost)}
}

// Refusal says why an address describes no client, in words for its owner.
type Refusal struct {
	Reason   string
	answered bool // it is about the answer and not about what the document says
}

func (r *Refusal) Error() string { return "client metadata document: " + r.Reason }

// Unwrap makes every refusal idp.ErrNotFound.
func (r *Refusal) Unwrap() error { return idp.ErrNotFound }

func refuse(format string, args ...any) error { return &Refusal{Reason: fmt.Sprintf(format, args...)} }

// Client is the client that the document at id describes. It returns a *Refusal,
// or idp.ErrUnreachable if the document's server does not answer and nothing is
// remembered. Callers must not change the client.
func (d *Documents) Client(ctx context.Context, id string) (*idp.Client, error) {
	u, err := idp.ParseDocumentID(id)
	if err != nil {
		return nil, refuse("client_id %v", err)
	}
	if !d.allows(u) {
		return nil, refuse("applications of %s may not sign people in here", u.Host)
	}
	now := d.Now()
	if e, ok := d.good.Get(id); ok && now.Before(e.until) {
		return e.client, nil
	}
	if e, ok := d.bad.Get(id); ok && now.Before(e.until) {
		return d.orStale(id, e.err, now)
	}
	done := d.flight.DoChan(id, func() (any, error) {
		// Whoever leaves must not fail the others who wait.
		return d.fetchAndRemember(context.WithoutCancel(ctx), id)
	})
	select {
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the document: %w: %w", idp.ErrUnreachable, ctx.Err())
	case r := <-done:
		if r.Err != nil {
			return d.orStale(id, r.Err, now)
		}
		return r.Val.(*idp.Client), nil
	}
}

// Known is the client if its document is remembered, however old; nil otherwise.
// It asks nobody, and is for showing a name.
func (d *Documents) Known(id string) *idp.Client {
	if e, ok := d.good.Get(id); ok {
		return e.client
	}
	return nil
}

// orStale lets a good document outlive a while in which its server is silent.
func (d *Documents) orStale(id string, err error, now time.Time) (*idp.Client, error) {
	if e, ok := d.good.Get(id); ok && errors.Is(err, idp.ErrUnreachable) && now.Before(e.stale) {
		return e.client, nil
	}
	return nil, err
}

func (d *Documents) fetchAndRemember(ctx context.Context, id string) (*idp.Client, error) {
	release, free := d.places.Take(id)
	if !free { // not remembered: it is no fault of this document
		return nil, fmt.Errorf("too many documents at once: %w", idp.ErrUnreachable)
	}
	defer release()
	client, lives, err := d.fetch(ctx, id)
	now := d.Now()
	switch {
	case err == nil:
		d.good.Put(id, entry{client: client, until: now.Add(lives), stale: now.Add(lives + staleFor)})
		d.bad.Drop(id)
	case errors.Is(err, idp.ErrUnreachable):
		d.bad.Put(id, entry{err: err, until: now.Add(silentFor)})
	default:
		d.good.Drop(id) // it was taken back, or spoilt
		d.bad.Put(id, entry{err: err, until: now.Add(badFor)})
	}
	return client, err
}

// allows reports whether the host may describe clients.
func (d *Documents) allows(u *url.URL) bool {
	port := u.Port()
	for _, a := range d.Allow {
		host, wanted, _ := strings.Cut(a, ":")
		if port != wanted {
			continue
		}
		below, wild := strings.CutPrefix(host, "*")
		if host == u.Hostname() || wild && strings.HasSuffix(u.Hostname(), below) && u.Hostname() != below {
			return true
		}
	}
	return false
}

// Public is the reason if everybody may know it. How fetching went, nobody may: it
// would let a stranger look around in the networks of this server.
func (r *Refusal) Public() string {
	if r.answered {
		return ""
	}
	return r.Reason
}
