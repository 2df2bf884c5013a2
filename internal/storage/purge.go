package storage

import (
	"context"
	"errors"
	"slices"
	"time"

	"idp/internal/idp"
	"idp/internal/secret"
)

// purgeBatch bounds one DELETE, so that no purge holds locks for long.
const purgeBatch = 1000

// expiry is how rows of a table end.
type expiry struct {
	table, column string
	keep          time.Duration
	ids           *string // what ids begin with, if they tell when a row was made
	unless        string  // a condition on the time now that keeps a row longer
}

// key is the column that names a row.
func (e *expiry) key() string {
	switch e.table {
	case "counters":
		return "key"
	case "bounced":
		return "email"
	}
	return "id"
}

// expiring lists the tables that grow, with the column that ends a row and how
// long a row stays after that. A spent row stays until it expires: it is the
// evidence that a replay is one.
var expiring = []expiry{
	{"challenge_secrets", "expires_at", 0, new("sec_"), ""},
	{"outbox", "expires_at", 24 * time.Hour, new("let_"), ""},
	{"challenges", "expires_at", 24 * time.Hour, new(""), ""},
	{"device_codes", "expires_at", 24 * time.Hour, new("dev_"), ""},
	{"counters", "ends1", 0, nil, shorterWindow},
	{"spent", "expires_at", time.Minute, nil, ""},
	{"sessions", "expires_at", 24 * time.Hour, nil, ""},
	{"grants", "absolute_at", 24 * time.Hour, nil, lastOfLiveSession},
	{"bounced", "expires_at", 0, nil, ""},
	{"logout_notices", "expires_at", 6 * 24 * time.Hour, new("lgo_"), ""},
	{"failures", "expires_at", 0, new("fal_"), ""},
}

// shorterWindow holds for a counter one of whose other windows still runs: each
// begins anew by itself, so it may end after the longest one.
const shorterWindow = `CASE WHEN ends2 > ends3 THEN ends2 ELSE ends3 END >= ?`

// lastOfLiveSession holds for the one grant that remembers that a client knows of
// a session: the client is told when the session ends, however late that is.
const lastOfLiveSession = `' ' || scopes || ' ' LIKE '% openid %'
	AND EXISTS (SELECT 1 FROM sessions s WHERE s.id = grants.session_id AND s.revoked_at = 0 AND s.expires_at > ?)
	AND NOT EXISTS (SELECT 1 FROM grants n WHERE n.session_id = grants.session_id AND n.client_id = grants.client_id AND n.id > grants.id
		AND ' ' || n.scopes || ' ' LIKE '% openid %')`

// Purge deletes what expired, in batches, and returns how many rows went. A table
// that fails keeps no other from being purged. LastPurge tells more. Progress, if
// given, hears after each table how many went.
func (s *Store) Purge(ctx context.Context, now time.Time, progress ...func(table string, rows int64)) (deleted int64, err error) {
	report := PurgeReport{Now: now}
	for i := range expiring {
		t, failed := s.purgeTable(ctx, &expiring[i], now)
		report.Tables = append(report.Tables, t)
		deleted += t.Deleted
		if failed != nil {
			err = errors.Join(err, wrap("purge "+t.Table, failed))
			continue
		}
		for _, hear := range progress {
			hear(t.Table, t.Deleted)
		}
	}
	s.purged.note(report)
	return deleted, err
}

// purgeTable deletes what expired of one table.
func (s *Store) purgeTable(ctx context.Context, e *expiry, now time.Time) (PurgedTable, error) {
	out := PurgedTable{Table: e.table}
	key, ended, reached := e.key(), now.Add(-e.keep), newReached(e)
	condition, args := e.column+` < ?`, []any{ms(ended)}
	if e.ids != nil { // what ended before then was made before then
		condition, args = condition+` AND id < ?`, append(args, secret.FirstID(*e.ids, ended))
	}
	if e.unless != "" {
		condition, args = condition+` AND NOT (`+e.unless+`)`, append(args, ms(now))
	}
	// A row that changes between being found and being deleted is judged again.
	query := `DELETE FROM ` + e.table + ` WHERE ` + key + ` IN (SELECT ` + key + ` FROM ` + e.table + ` WHERE ` + condition + ` AND ` + reached.column + ` >= ?
		ORDER BY ` + reached.column + ` LIMIT ?) AND ` + condition + ` RETURNING ` + reached.column
	for {
		batch := reached.rows
		if err := s.together(ctx, durable, &step{query: query, args: slices.Concat(args, []any{reached.value(), purgeBatch}, args), each: reached.row}); err != nil {
			return out, err
		}
		if out.Deleted = reached.rows; reached.rows-batch < purgeBatch {
			break
		}
	}
	var oldest int64
	err := s.row(ctx, `SELECT `+e.column+` FROM `+e.table+` ORDER BY `+reached.column+` LIMIT 1`, nil, &oldest)
	if err == nil {
		out.Oldest = at(oldest)
	} else if errors.Is(err, idp.ErrNotFound) {
		err = nil
	}
	return out, err
}

// reached is how far a purge came in an index: rows stand there in the order of
// their ends, or in that of their making. What was deleted may stay there for a
// while, and each batch would have to pass what all before it deleted.
type reached struct {
	column string
	rows   int64
	id     string
	end    int64
}

func newReached(e *expiry) *reached {
	if e.ids != nil {
		return &reached{column: "id"}
	}
	return &reached{column: e.column}
}

func (r *reached) value() any {
	if r.column == "id" {
		return r.id
	}
	return r.end
}

// row hears of a row that was deleted.
func (r *reached) row(scan func(...any) error) error {
	r.rows++
	if r.column != "id" {
		var end int64
		err := scan(&end)
		r.end = max(r.end, end)
		return err
	}
	var id string
	err := scan(&id)
	r.id = max(r.id, id)
	return err
}
