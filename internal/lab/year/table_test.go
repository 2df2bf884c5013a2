package year_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// count asks the database itself, behind the provider's back.
func (w *world) count(query string, args ...any) (n int64) {
	w.t.Helper()
	ctx := context.Background()
	query = fmt.Sprintf(query, args...)
	var err error
	if path, isFile := strings.CutPrefix(w.Database, "sqlite:"); isFile {
		var db *sql.DB
		if db, err = sql.Open("sqlite", path); err == nil {
			defer db.Close()
			err = db.QueryRowContext(ctx, query).Scan(&n)
		}
	} else {
		var c *pgx.Conn
		if c, err = pgx.Connect(ctx, w.Database); err == nil {
			defer c.Close(ctx)
			err = c.QueryRow(ctx, query).Scan(&n)
		}
	}
	if err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// bounds are the rules of docs/database.md: how long a row stays after it ended.
var bounds = []struct {
	table, ends string
	keep        time.Duration
}{
	{"challenges", "expires_at", day},
	{"outbox", "expires_at", day},
	{"device_codes", "expires_at", day},
	{"sessions", "expires_at", day},
	{"challenge_secrets", "expires_at", 0},
	{"counters", "ends1", 0},
	{"bounced", "expires_at", 0},
	{"spent", "expires_at", time.Minute},
	{"logout_notices", "expires_at", 6 * day},
	{"failures", "expires_at", 0},
	{"audit_events", "at", 200 * day}, // audit.retention
}

// bounded wants no table to hold more than its rule allows.
func (w *world) bounded() {
	w.t.Helper()
	now := w.now()
	for _, b := range bounds {
		before := now.Add(-b.keep - moment).UnixMilli()
		if n := w.count("SELECT count(*) FROM %s WHERE %s < %d", b.table, b.ends, before); n > 0 {
			w.errorf("%d rows of %s should have gone", n, b.table)
		}
	}
	// The last grant that ties a client to a live session goes with that.
	gone := w.count(`SELECT count(*) FROM grants WHERE absolute_at < %d AND NOT EXISTS
		(SELECT 1 FROM sessions s WHERE s.id = grants.session_id AND s.revoked_at = 0 AND s.expires_at > %d)`,
		now.Add(-day-moment).UnixMilli(), now.UnixMilli())
	if gone > 0 {
		w.errorf("%d rows of grants should have gone", gone)
	}
	sizes, err := w.App.Store.Sizes(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	people := int64(len(w.people))
	for table, most := range map[string]int64{
		"users": people + heldUsers, "consents": (people + heldUsers) * heldClients, "clients": heldClients + 1, // disabled ones stay
		"signing_keys": 3 * 4, "sealed_keys": 3, "epochs": 1, "audit_ends": 2,
		"failures": 5000, "sessions": people * 30, "grants": people * 60,
	} {
		if n, ok := sizes[table]; !ok || n > most {
			w.errorf("%s has %d rows, and at most %d are explained", table, n, most)
		}
	}
}

// What the data of the older schema brings along.
const (
	heldUsers   = 4
	heldClients = 60
)
