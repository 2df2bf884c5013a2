package clients

import (
	"context"
	"fmt"
	"sync/atomic"

	"idp/internal/idp"
)

// Source is where clients are stored.
type Source interface {
	Clients(ctx context.Context) ([]idp.Client, error)
	// ClientsVersion changes whenever any client does.
	ClientsVersion(ctx context.Context) (string, error)
}

// Documents finds clients that are stored nowhere but describe themselves at the
// address that is their id.
type Documents interface {
	// Client may ask another server. Its errors are idp.ErrNotFound and
	// idp.ErrUnreachable.
	Client(ctx context.Context, id string) (*idp.Client, error)
	// Known asks nobody; nil if the client is not remembered.
	Known(id string) *idp.Client
}

// Registry answers from its newest snapshot. It is safe for concurrent use.
type Registry struct {
	source    Source
	documents Documents // nil if no client may describe itself
	current   atomic.Pointer[snapshot]
}

type snapshot struct {
	version string
	byID    map[string]*idp.Client
	origins map[string]bool
}

// NewRegistry makes a Registry that is empty until its first Reload.
func NewRegistry(source Source) *Registry {
	r := &Registry{source: source}
	r.current.Store(&snapshot{})
	return r
}

// Reload takes a new snapshot if the stored clients changed.
func (r *Registry) Reload(ctx context.Context) error {
	version, err := r.source.ClientsVersion(ctx)
	if err != nil {
		return fmt.Errorf("reload clients: %w", err)
	}
	if version == r.current.Load().version {
		return nil
	}
	list, err := r.source.Clients(ctx)
	if err != nil {
		return fmt.Errorf("reload clients: %w", err)
	}
	s := &snapshot{version: version, byID: make(map[string]*idp.Client, len(list)), origins: map[string]bool{}}
	for i := range list {
		s.byID[list[i].ID] = &list[i]
		for _, o := range list[i].Origins() {
			s.origins[o] = true
		}
	}
	r.current.Store(s)
	return nil
}

// Client returns the enabled client of this id, or nil. It asks nobody, so that a
// client which describes itself is found only while it is remembered. Callers
// must not change it.
func (r *Registry) Client(id string) *idp.Client {
	if c := r.current.Load().byID[id]; c != nil || r.documents == nil || !idp.IsDocumentID(id) {
		return c
	}
	return r.documents.Known(id)
}

// Version changes whenever the snapshot does.
func (r *Registry) Version() string { return r.current.Load().version }

// Any reports whether the question is answered with yes for any enabled client.
func (r *Registry) Any(question func(*idp.Client) bool) bool {
	for _, c := range r.current.Load().byID {
		if question(c) {
			return true
		}
	}
	return false
}

// AllowsOrigin reports whether any client registered the web origin for calls
// from browsers.
func (r *Registry) AllowsOrigin(origin string) bool { return r.current.Load().origins[origin] }
