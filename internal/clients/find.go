package clients

import (
	"context"
	"fmt"
	"strings"

	"idp/internal/idp"
)

// ReadDocuments lets clients in that describe themselves. It is called before
// the first request.
func (r *Registry) ReadDocuments(d Documents) { r.documents = d }

// Find is Client and looks further: at the document of a client that describes
// itself, and in the database for one that registered itself at another replica
// a moment ago. Its errors are idp.ErrNotFound and, for a document whose server
// does not answer, idp.ErrUnreachable.
func (r *Registry) Find(ctx context.Context, id string) (*idp.Client, error) {
	if c := r.current.Load().byID[id]; c != nil {
		return c, nil
	}
	switch {
	case idp.IsDocumentID(id) && r.documents != nil:
		return r.documents.Client(ctx, id)
	case strings.HasPrefix(id, idp.RegisteredPrefix):
		if err := r.Reload(ctx); err != nil {
			return nil, err
		}
		if c := r.current.Load().byID[id]; c != nil {
			return c, nil
		}
	}
	return nil, fmt.Errorf("client: %w", idp.ErrNotFound)
}
