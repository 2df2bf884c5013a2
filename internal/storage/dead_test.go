package storage_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"idp/internal/audit"
	"idp/internal/magiclink"
	"idp/internal/secret"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// PostgreSQL keeps what is dead in tables and indexes until it vacuums, and it
// vacuums a large table seldom. These tests make much that is dead and look how many
// pages a statement reads then.

// Who looks for events to seal, every second, does not pass all that were sealed.
func TestSealingPassesNothingDead(t *testing.T) {
	t.Parallel()
	ctx, url := context.Background(), testdb.URL(t, "postgres")
	last := newLastOf(`FROM audit_events WHERE seq = 0`)
	m := newTold(t, last.open(t, url))
	keys, err := audit.LoadKeys(ctx, m.store, m.keys())
	if err != nil {
		t.Fatal(err)
	}
	s := &audit.Sealer{Store: m.store, Keys: keys, Now: func() time.Time { return m.now }}
	if _, err := s.Seal(ctx); err != nil { // the first look is at all
		t.Fatal(err)
	}
	testdb.Exec(t, url, `ALTER TABLE audit_events SET (autovacuum_enabled = false)`)
	testdb.Exec(t, url, fmt.Sprintf(`INSERT INTO audit_events (id, at, name, actor) SELECT '%s' || lpad(n::text, 10, '0'), %d, 'x', 'x' FROM generate_series(1, 20000) n`,
		secret.FirstID("aud_", m.now.Add(-time.Hour))[:20], m.now.UnixMilli()))
	testdb.Exec(t, url, `UPDATE audit_events SET seq = 1000 + substr(id, 21)::bigint WHERE name = 'x'`)
	if n, err := s.Seal(ctx); n != 0 || err != nil {
		t.Fatalf("%d sealed, %v", n, err)
	}
	if pages := last.pages(t, url); pages > 10 {
		t.Errorf("a look at nothing reads %d pages", pages)
	}
}

// A batch of a purge does not pass what those before it deleted.
func TestPurgePassesNothingDead(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ table, fill string }{
		{"spent", `INSERT INTO spent (id, expires_at) SELECT md5(n::text), n FROM generate_series(1, 20000) n`},
		{"challenge_secrets", `INSERT INTO challenge_secrets (id, challenge_id, link_hash, code_mac, minted_at, expires_at)
			SELECT 'sec_0' || lpad(n::text, 25, '0'), 'x', md5(n::text), 'x', n, n FROM generate_series(1, 20000) n`},
	} {
		t.Run(tt.table, func(t *testing.T) {
			t.Parallel()
			url := testdb.URL(t, "postgres")
			testdb.Exec(t, url, `ALTER TABLE `+tt.table+` SET (autovacuum_enabled = false)`)
			testdb.Exec(t, url, tt.fill)
			testdb.Exec(t, url, `ANALYZE `+tt.table)
			last := newLastOf(`DELETE FROM ` + tt.table)
			if n, err := last.open(t, url).Purge(context.Background(), start); n != 20_000 || err != nil {
				t.Fatalf("%d deleted, %v", n, err)
			}
			if pages := last.pages(t, url); last.times < 20 || pages > 50 {
				t.Errorf("after %d batches one that deletes nothing reads %d pages", last.times, pages)
			}
		})
	}
}

// lastOf keeps the last of those statements that contain a text.
type lastOf struct {
	text  string
	mu    sync.Mutex
	query string
	args  []any
	times int
	all   map[string]bool
}

func newLastOf(text string) *lastOf { return &lastOf{text: text, all: map[string]bool{}} }

// texts is how many different ones there were.
func (l *lastOf) texts() int { l.mu.Lock(); defer l.mu.Unlock(); return len(l.all) }

// open opens a store whose statements are heard.
func (l *lastOf) open(t *testing.T, url string) *storage.Store {
	t.Helper()
	s, err := storage.Open(storage.Options{URL: url, Tracer: l})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// pages runs the statement once more and returns how many pages it looked at.
func (l *lastOf) pages(t *testing.T, url string) int {
	t.Helper()
	ctx := context.Background()
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	var plan []struct {
		Plan struct {
			Hit  int `json:"Shared Hit Blocks"`
			Read int `json:"Shared Read Blocks"`
		}
	}
	if err := c.QueryRow(ctx, `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) `+l.query, l.args...).Scan(&plan); err != nil {
		t.Fatalf("%q: %v", l.query, err)
	}
	return plan[0].Plan.Hit + plan[0].Plan.Read
}

func (l *lastOf) hear(query string, args []any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if strings.Contains(query, l.text) {
		l.query, l.args, l.times, l.all[query] = query, args, l.times+1, true
	}
}

func (l *lastOf) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	l.hear(d.SQL, d.Args)
	return ctx
}

func (l *lastOf) TraceBatchStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceBatchStartData) context.Context {
	for _, q := range d.Batch.QueuedQueries {
		l.hear(q.SQL, q.Arguments)
	}
	return ctx
}

func (l *lastOf) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}
func (l *lastOf) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData)     {}
func (l *lastOf) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData)     {}

// A refresh, and whatever else changes a row that was stored before, finds room on
// its page and touches no index.
func TestChangesFindRoomOnTheirPages(t *testing.T) {
	t.Parallel()
	url := testdb.Empty(t, "postgres")
	if _, err := testdb.Open(t, url).Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	c, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	for _, tt := range []struct{ table, fill, change string }{
		{"grants", `INSERT INTO grants (id, client_id, user_id, session_id, scopes, auth_time, amr, acr, created_at, last_used_at, expires_at, absolute_at, refresh_salt)
			SELECT 'grt_' || n, 'app', 'usr_' || n, 'ses_' || n, 'openid', 1, 'otp', '', 1, 1, 1, 1, repeat('x', 100) FROM generate_series(1, 1000) n`,
			`UPDATE grants SET generation = 2, last_used_at = 2, expires_at = 2 WHERE id LIKE '%7'`},
		{"users", `INSERT INTO users (id, email, created_at, updated_at) SELECT 'usr_' || n, n || '@example.com', 1, 1 FROM generate_series(1, 1000) n`,
			`UPDATE users SET last_login_at = 2 WHERE id LIKE '%77'`},
	} {
		var changed, hot int64
		for _, statement := range []string{tt.fill, tt.change, `SELECT pg_stat_force_next_flush()`} {
			if _, err := c.Exec(context.Background(), statement); err != nil {
				t.Fatalf("%s: %v", statement, err)
			}
		}
		err := c.QueryRow(context.Background(), `SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = $1`, tt.table).Scan(&changed, &hot)
		if err != nil || changed == 0 || hot*10 < changed*9 {
			t.Errorf("%s: %d of %d changes found room, %v", tt.table, hot, changed, err)
		}
	}
}

// However many uses are given back at once, the database gets a few texts to
// prepare, and each use is taken back once.
func TestGivingBackIsAFewTexts(t *testing.T) {
	t.Parallel()
	ctx, url := context.Background(), testdb.URL(t, "postgres")
	last := newLastOf(`UPDATE counters`)
	m := newMailbox(t, last.open(t, url))
	for _, n := range []int{1, 2, 3, 23, 255, 600} {
		budgets, back := make([]magiclink.Count, n), make([]magiclink.Return, n)
		for i := range n {
			budgets[i] = budget(fmt.Sprintf("%d of %d", i, n), magiclink.Rate{Max: 5, Window: time.Hour})
			back[n-1-i] = magiclink.Return{Count: budgets[i], Times: 1, Counted: m.now}
		}
		for range 2 {
			if err := m.store.Tally(ctx, budgets, m.now); err != nil {
				t.Fatal(err)
			}
		}
		if err := m.store.GiveBack(ctx, back); err != nil {
			t.Fatal(err)
		}
		if texts := last.texts(); texts > 2 {
			t.Errorf("with %d uses given back there are %d texts, want two at most, for many and for one", n, texts)
		}
		left, err := m.store.Counters(ctx, budgets, m.now)
		for _, b := range budgets {
			if windows := left[b.Key]; err != nil || len(windows) != 1 || windows[0].Count != 1 {
				t.Fatalf("%d given back: %s has %v, %v", n, b.Key, windows, err)
			}
		}
	}
	if texts := last.texts(); texts > 6+5 { // one for each Tally
		t.Errorf("%d texts in all", texts)
	}
}
