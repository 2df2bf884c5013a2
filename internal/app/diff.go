package app

import (
	"context"

	"idp/internal/config"
	"idp/internal/idp"
	"idp/internal/storage"
)

// Diff is what putting a configuration in force would change in the database.
type Diff struct {
	Add     []string       `json:"add"`
	Change  []ClientChange `json:"change"`
	Disable []string       `json:"disable"`
}

// ClientChange is a client that is declared in another way than before.
type ClientChange struct {
	ID     string               `json:"id"`
	Fields []config.FieldChange `json:"fields"`
}

// Empty reports whether nothing would change.
func (d Diff) Empty() bool { return len(d.Add)+len(d.Change)+len(d.Disable) == 0 }

// NewDiff compares the declared clients with the stored ones. It changes nothing.
func NewDiff(ctx context.Context, cfg *config.Config, s *storage.Store) (Diff, error) {
	stored, err := s.DeclaredClients(ctx)
	if err != nil {
		return Diff{}, err
	}
	byID := make(map[string]idp.Client, len(stored))
	for _, c := range stored {
		byID[c.ID] = c
	}
	plan := idp.PlanClients(cfg.Declared, stored)
	d := Diff{Add: ids(plan.Add), Change: []ClientChange{}, Disable: append([]string{}, plan.Disable...)}
	for _, c := range plan.Change {
		d.Change = append(d.Change, ClientChange{c.ID, config.ClientChanges(byID[c.ID], c)})
	}
	return d, nil
}
