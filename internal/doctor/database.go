package doctor

import (
	"context"
	"errors"
	"strings"

	"idp/internal/storage"
)

func (s *Subject) checkDatabase(ctx context.Context) []Finding {
	if err := s.Database.Ping(ctx); err != nil {
		if seen, fix := storage.WhyUnreached(err); seen != "" {
			return []Finding{problem(fix, "%s", seen)}
		}
		return []Finding{problem("see whether it runs, and whether database.url leads there", "the database does not answer: %v", err)}
	}
	schema, err := s.Database.Schema(ctx)
	if err == nil {
		err = schema.Usable()
	}
	var newer *storage.NewerError
	if errors.As(err, &newer) {
		return []Finding{problem("start the newer release, or restore the backup made before its upgrade", "the database is at version %d, and this program knows only %d: idp serve does not start", newer.Have, newer.Newest)}
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
	found := []Finding{ok("the database answers, and its schema is current")}
	if err := s.Opens(ctx); err != nil {
		found = append(found, problem("set secret to what it was, or give that as previous_secret: idp rotate-secret -h", "%v", err))
	}
	return append(found, s.checkTextOrder(ctx)...)
}

// checkTextOrder looks for indexes that the system's next upgrade would break, or
// its last one has broken.
func (s *Subject) checkTextOrder(ctx context.Context) []Finding {
	order, err := s.Database.TextOrder(ctx)
	switch {
	case err != nil:
		return []Finding{note("", "by whose rules the database sorts cannot be told: PostgreSQL says so from version 15 on")}
	case order.Changed:
		return []Finding{problem("run REINDEX DATABASE, then ALTER DATABASE … REFRESH COLLATION VERSION: docs/database.md, Sorting",
			"the system's library for %s has changed since the indexes were built: look-ups may miss people and tokens", order.Locale)}
	case order.Locale != "":
		return []Finding{note("plan a REINDEX with upgrades of the system, or move to a database with LOCALE 'C': docs/database.md, Sorting",
			"indexes are sorted by the system's rules for %s, which its upgrades may change", order.Locale)}
	default:
		return nil
	}
}
