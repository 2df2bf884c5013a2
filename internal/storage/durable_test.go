package storage_test

import (
	"context"
	"regexp"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"idp/internal/magiclink"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// relaxed reports whether what is committed on c does not wait for the disk.
func relaxed(c *pgx.Conn) bool { return c.Config().RuntimeParams["synchronous_commit"] == "off" }

// commits counts the changes whose commit waits for the disk, and those whose does not.
type commits struct {
	sharing
	durable, relaxed atomic.Int64
}

var changes = regexp.MustCompile(`^\s*(INSERT|UPDATE|DELETE|WITH)\b`)

func (n *commits) hear(c *pgx.Conn, query string) {
	switch {
	case !changes.MatchString(query):
	case relaxed(c):
		n.relaxed.Add(1)
	default:
		n.durable.Add(1)
	}
}

func (n *commits) TraceQueryStart(ctx context.Context, c *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	n.hear(c, d.SQL)
	return ctx
}

func (n *commits) TraceBatchStart(ctx context.Context, c *pgx.Conn, d pgx.TraceBatchStartData) context.Context {
	for _, q := range d.Batch.QueuedQueries {
		n.hear(c, q.SQL)
	}
	return ctx
}

// Whoever is told that they are signed in, or has used up what is good once, need not
// fear a crash of the database server. What it may forget fails closed, and is not
// waited for.
func TestWhatMustStayWaitsForTheDisk(t *testing.T) {
	t.Parallel()
	url := testdb.URL(t, "postgres")
	testdb.Open(t, url)
	seen := &commits{}
	s, err := storage.Open(storage.Options{URL: url, Tracer: seen})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	m := newMailbox(t, s)
	_, mail := m.ask("ada@example.com", "b")
	_, another := m.ask("ada@example.com", "b")
	ctx := t.Context()
	ok, _, err := m.use(mail, asker("b", "192.0.2.1"))
	if err != nil {
		t.Fatal(err)
	}
	g := m.grantFor(ok)
	for _, step := range []struct {
		what    string
		durable bool
		do      func() error
	}{
		{"a code", true, func() error { _, _, err := s.RedeemCode(ctx, g, m.now); return err }},
		{"a refresh", true, func() error { return s.AdvanceGrant(ctx, g, g.Generation+1, m.now.Add(time.Hour), m.now) }},
		{"what is good once", true, func() error { return s.Spend(ctx, once("spent")) }},
		{"a budget", false, func() error {
			return s.Tally(ctx, []magiclink.Count{budget("b", magiclink.Rate{Max: 5, Window: time.Hour})}, m.now)
		}},
		{"a sign-in that begins", false, func() error {
			_, err := m.login.Start(ctx, "ada@example.com", "", "app", asker("b", "192.0.2.1"))
			return err
		}},
		{"a link", true, func() error { _, _, err := m.use(another, asker("b", "192.0.2.1")); return err }},
	} {
		seen.durable.Store(0)
		seen.relaxed.Store(0)
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.what, err)
		}
		durable, relaxed := seen.durable.Load(), seen.relaxed.Load()
		if step.durable && (durable == 0 || relaxed > 0) || !step.durable && (relaxed == 0 || durable > 0) {
			t.Errorf("%s: %d changes wait for the disk, %d do not", step.what, durable, relaxed)
		}
	}
}
