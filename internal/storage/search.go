package storage

import (
	"context"
	"strings"

	"idp/internal/audit"
)

const defaultPage = 100

// conditions are what the rows of a search fulfill.
type conditions struct {
	texts []string
	args  []any
}

func (c *conditions) add(text string, args ...any) {
	c.texts, c.args = append(c.texts, text), append(c.args, args...)
}

// equal adds a condition if there is something to compare with.
func (c *conditions) equal(column, value string) {
	if value != "" {
		c.add(column+` = ?`, value)
	}
}

func (c *conditions) where() string {
	if len(c.texts) == 0 {
		return ""
	}
	return ` WHERE ` + strings.Join(c.texts, ` AND `)
}

// escaped makes a text of a LIKE stand for itself; the pattern needs ESCAPE '\'.
func escaped(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}

// Events searches the audit log, the newest first, or, with After, the oldest.
func (s *Store) Events(ctx context.Context, q audit.Query) ([]audit.Seen, error) {
	c := eventConditions(q)
	limit, order := q.Limit, `DESC`
	if limit <= 0 {
		limit = defaultPage
	}
	if q.After != "" {
		order = `ASC`
	}
	var rows []eventRow
	err := s.db.WithContext(ctx).Raw(`SELECT e.`+strings.ReplaceAll(sealedColumns, ", ", ", e.")+`, COALESCE(u.email, '') AS email
		FROM audit_events e LEFT JOIN users u ON u.id = e.subject AND e.subject <> ''`+c.where()+` ORDER BY e.id `+order+` LIMIT ?`,
		append(c.args, limit)...).Scan(&rows).Error
	out := make([]audit.Seen, len(rows))
	for i := range rows {
		out[i] = audit.Seen{Sealed: rows[i].sealed(), Email: rows[i].Email}
	}
	return out, wrap("search the audit log", err)
}

func eventConditions(q audit.Query) *conditions {
	c := &conditions{}
	switch {
	case q.AddressRef != "" && q.Subject != "":
		c.add(`(e.subject = ? OR e.address_ref = ?)`, q.Subject, q.AddressRef)
	case q.AddressRef != "":
		c.add(`e.address_ref = ?`, q.AddressRef)
	default:
		c.equal(`e.subject`, q.Subject)
	}
	c.equal(`e.actor`, q.Actor)
	c.equal(`e.client_id`, q.Client)
	c.equal(`e.result`, q.Result)
	c.equal(`e.ip`, q.IP)
	c.equal(`e.request_id`, q.RequestID)
	if q.Name != "" {
		c.add(`(e.name = ? OR e.name LIKE ? ESCAPE '\')`, q.Name, escaped(q.Name)+`.%`)
	}
	if !q.Since.IsZero() {
		c.add(`e.at >= ?`, ms(q.Since))
	}
	if !q.Until.IsZero() {
		c.add(`e.at < ?`, ms(q.Until))
	}
	if q.After != "" {
		c.add(`e.id > ?`, q.After)
	}
	if q.Before != "" {
		c.add(`e.id < ?`, q.Before)
	}
	return c
}
