package storage

import (
	"context"
	"time"

	"idp/internal/secret"
)

// purgeBatch bounds one DELETE, so that no purge holds locks for long.
const purgeBatch = 1000

// expiring lists the tables that grow, with the column that ends a row and how
// long a row stays after that. A spent row stays until it expires: it is the
// evidence that a replay is one.
var expiring = []struct {
	table, column string
	keep          time.Duration
	ids           *string // what ids begin with, if they tell when a row was made
	unless        string  // a condition on the time now that keeps a row longer
}{
	{"challenge_secrets", "expires_at", 0, new("sec_"), ""},
	{"outbox", "expires_at", 24 * time.Hour, new("let_"), ""},
	{"challenges", "expires_at", 24 * time.Hour, new(""), ""},
	{"device_codes", "expires_at", 24 * time.Hour, new("dev_"), ""},
	{"counters", "ends1", 0, nil, ""},
	{"spent", "expires_at", time.Minute, nil, ""},
	{"sessions", "expires_at", 24 * time.Hour, nil, ""},
	{"grants", "absolute_at", 24 * time.Hour, nil, lastOfLiveSession},
	{"bounced", "expires_at", 0, nil, ""},
	{"logout_notices", "expires_at", 6 * 24 * time.Hour, new("lgo_"), ""},
	{"failures", "expires_at", 0, new("fal_"), ""},
}

// lastOfLiveSession holds for the one grant that remembers that a client knows of
// a session: the client is told when the session ends, however late that is.
const lastOfLiveSession = `' ' || scopes || ' ' LIKE '% openid %'
	AND EXISTS (SELECT 1 FROM sessions s WHERE s.id = grants.session_id AND s.revoked_at = 0 AND s.expires_at > ?)
	AND NOT EXISTS (SELECT 1 FROM grants n WHERE n.session_id = grants.session_id AND n.client_id = grants.client_id AND n.id > grants.id
		AND ' ' || n.scopes || ' ' LIKE '% openid %')`

// Purge deletes what expired, in batches, and returns how many rows went.
func (s *Store) Purge(ctx context.Context, now time.Time) (deleted int64, err error) {
	for _, e := range expiring {
		key, ended := "id", now.Add(-e.keep)
		switch e.table {
		case "counters":
			key = "key"
		case "bounced":
			key = "email"
		}
		condition, args := e.column+` < ?`, []any{ms(ended)}
		if e.ids != nil { // what ended before then was made before then
			condition, args = condition+` AND id < ?`, append(args, secret.FirstID(*e.ids, ended))
		}
		if e.unless != "" {
			condition, args = condition+` AND NOT (`+e.unless+`)`, append(args, ms(now))
		}
		for {
			r := s.db.WithContext(ctx).Exec(`DELETE FROM `+e.table+` WHERE `+key+` IN (SELECT `+key+` FROM `+e.table+` WHERE `+condition+` LIMIT ?)`,
				append(args, purgeBatch)...)
			if r.Error != nil {
				return deleted, wrap("purge "+e.table, r.Error)
			}
			deleted += r.RowsAffected
			if r.RowsAffected < purgeBatch {
				break
			}
		}
	}
	return deleted, nil
}
