package oidc_test

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"idp/bench/proc"
	"idp/internal/apptest"
	"idp/internal/prove"
	"idp/internal/reqlog"
	"idp/internal/testdb"
)

// However many users there are and challenges were, a sign-in takes the statements
// that it takes on the first day, and none of them reads a whole table.
func TestFullTables(t *testing.T) {
	t.Parallel()
	signIns, logins := prove.Count(20_000, 1_000_000), prove.Count(2, 100)
	heard := &plans{asked: map[string][]any{}}
	p := apptest.New(t, testdb.URL(t, "postgres"), apptest.Tracer(heard), registering(10))
	db := connect(t, p)
	defer db.Close()
	cost(t, p, heard, logins) // the first ones fill caches
	empty := cost(t, p, heard, logins)
	began := time.Now()
	fill(t, db, signIns, p.Clock.Now())
	filled := time.Since(began)
	cost(t, p, heard, logins)
	heard.forget()
	fullest := cost(t, p, heard, logins)
	elsewhere(t, p)
	if fullest.statements > empty.statements {
		t.Errorf("%d statements in %d logins with empty tables, %d with full ones", empty.statements, logins, fullest.statements)
	}
	checked := heard.check(t, p)
	prove.Figure(t, fmt.Sprintf("%d users, %d spent challenges, seeded in %.0f s; %d logins before and after", signIns/10, signIns, filled.Seconds(), logins),
		"per login %s with empty tables, %s with full ones; EXPLAIN of %d statements: no Seq Scan of these tables", empty.per(logins), fullest.per(logins), checked)
}

// elsewhere does what else is done often, so that its statements are heard.
func elsewhere(t *testing.T, p *apptest.Provider) {
	b, r := p.Browser(), apptest.Offline(apptest.Spa)
	tokens := b.Tokens(r, ada)
	next := p.Refresh(apptest.Spa, tokens.Refresh(), "")
	granted(t, "refresh", next)
	p.Refresh(apptest.Spa, tokens.Refresh(), "") // a replay
	b.Authorize(r.With("prompt", "none"))
	p.Introspect(apptest.Web, next.Access())
	b.Open("/account")
	l := newLife(t, p)
	l.live(len(l.days))
	p.Post("/oauth/token", apptest.TV, url.Values{"grant_type": {deviceGrant}, "device_code": {l.secrets["device code"]}})
	b.Open(endSession("id_token_hint", tokens.ID()))
	p.Revoke(apptest.Spa, next.Refresh())
}

// spentOn is what some logins took.
type spentOn struct {
	statements            int
	ourselves, postgreSQL time.Duration
}

func (s spentOn) per(logins int) string {
	n := float64(logins)
	return fmt.Sprintf("%.1f statements, %.1f ms of PostgreSQL's processor time", float64(s.statements)/n, float64(s.postgreSQL.Microseconds())/1000/n)
}

// cost signs in so many people, each a known one in a new browser, half by link.
func cost(t *testing.T, p *apptest.Provider, heard *plans, logins int) spentOn {
	t.Helper()
	var postmaster int
	db := connect(t, p)
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), `SELECT pg_backend_pid()`).Scan(&postmaster); err != nil {
		t.Fatal(err)
	}
	postmaster, err := proc.Parent(postmaster)
	if err != nil {
		t.Fatal(err)
	}
	used := func() (ourselves, postgres time.Duration) {
		var r syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
			t.Fatal(err)
		}
		if postgres, err = proc.Family(postmaster); err != nil {
			t.Fatal(err)
		}
		return time.Duration(r.Utime.Nano() + r.Stime.Nano()), postgres
	}
	ourselves, postgres := used()
	before := heard.count()
	for i := range logins {
		b, r := p.Browser(), apptest.Offline(apptest.Web)
		sign := b.SignIn
		if i%2 == 1 {
			sign = b.SignInByLink
		}
		granted(t, "redeem", p.Redeem(r, sign(r, fmt.Sprintf("known%d@example.com", i)).Code()))
	}
	s := spentOn{statements: heard.count() - before}
	s.ourselves, s.postgreSQL = used()
	s.ourselves, s.postgreSQL = s.ourselves-ourselves, s.postgreSQL-postgres
	return s
}

// plans keeps every statement with the values that it came with.
type plans struct {
	mu    sync.Mutex
	asked map[string][]any
	n     int
}

func (s *plans) add(ctx context.Context, query string, args []any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if word := verb(query); word == "select" || word == "insert" || word == "update" || word == "delete" || word == "with" {
		s.asked[query] = args
		// What jobs and the mail worker do is nothing of a login, and counters are
		// written down when a second is over.
		if reqlog.From(ctx).RequestID != "" && !strings.Contains(query, "counters") {
			s.n++
		}
	}
}

func (s *plans) count() int { s.mu.Lock(); defer s.mu.Unlock(); return s.n }

func (s *plans) forget() { s.mu.Lock(); defer s.mu.Unlock(); clear(s.asked) }

func (s *plans) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	s.add(ctx, d.SQL, d.Args)
	return ctx
}

func (s *plans) TraceBatchStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceBatchStartData) context.Context {
	for _, q := range d.Batch.QueuedQueries {
		s.add(ctx, q.SQL, q.Arguments)
	}
	return ctx
}

func (s *plans) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}
func (s *plans) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData)     {}
func (s *plans) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData)     {}

var scanned = regexp.MustCompile(`Seq Scan on (\w+)`)

// check asks for the plan of every statement and returns how many there were.
func (s *plans) check(t *testing.T, p *apptest.Provider) int {
	t.Helper()
	c, err := pgx.Connect(t.Context(), p.Database)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	s.mu.Lock()
	defer s.mu.Unlock()
	for query, args := range s.asked {
		rows, err := c.Query(t.Context(), "EXPLAIN "+query, args...)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		for _, hit := range scanned.FindAllStringSubmatch(strings.Join(plan, "\n"), -1) {
			if full[hit[1]] {
				t.Errorf("it reads all of %s: %s\n%s", hit[1], query, strings.Join(plan, "\n"))
			}
		}
	}
	if len(s.asked) < 20 {
		t.Errorf("only %d statements were heard", len(s.asked))
	}
	return len(s.asked)
}
