package doctor

import (
	"context"
	"strings"
)

func (s *Subject) checkDatabase(ctx context.Context) []Finding {
	if err := s.Database.Ping(ctx); err != nil {
		return []Finding{problem("see whether it runs, and whether database.url leads there", "the database does not answer: %v", err)}
	}
	list, err := s.Database.Migrations(ctx)
	if err != nil {
		return []Finding{problem("run idp migrate up", "the database answers, but its schema cannot be read: %v", err)}
	}
	var pending []string
	for _, m := range list {
		if !m.Applied {
			pending = append(pending, m.Name)
		}
	}
	if len(pending) > 0 {
		return []Finding{problem("run idp migrate up, or restart idp serve, which does it too", "the schema lacks %d of %d steps: %s", len(pending), len(list), strings.Join(pending, ", "))}
	}
	return []Finding{ok("the database answers, and its schema is current")}
}
