package audit_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"idp/internal/audit"
	"idp/internal/secret"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// There is one chain, and one process at a time lengthens it: this is how fast.
// docs/scale.md says what that is good for.
func BenchmarkSeal(b *testing.B) {
	ctx, now := context.Background(), time.Now()
	url := testdb.URL(b, "postgres")
	store, err := storage.Open(storage.Options{URL: url})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	root, err := secret.NewKeyring(secret.NewToken())
	if err != nil {
		b.Fatal(err)
	}
	keys, err := audit.LoadKeys(ctx, store, root)
	if err != nil {
		b.Fatal(err)
	}
	// Most events have their places, and the planner knows it.
	testdb.Exec(b, url, `INSERT INTO audit_events (id, seq, at, name, actor) SELECT 'aud_0' || n, 1000000000000 + n, 1, 'x', 'x' FROM generate_series(1, 50000) n`)
	testdb.Exec(b, url, `VACUUM ANALYZE audit_events`)
	testdb.Exec(b, url, fmt.Sprintf(`INSERT INTO audit_events (id, at, name, actor, subject, client_id, ip, request_id, result, detail)
		SELECT '%s' || lpad(n::text, 10, '0'), %d, 'login.completed', 'usr_' || md5(n::text), 'usr_' || md5(n::text), 'web', '192.0.2.1', md5(n::text), 'ok', repeat('x', 78) FROM generate_series(1, %d) n`,
		secret.FirstID("aud_", now)[:20], now.UnixMilli(), b.N))
	s := &audit.Sealer{Store: store, Keys: keys, Now: func() time.Time { return now }}
	b.ResetTimer()
	n, err := s.Seal(ctx)
	if err != nil || n != b.N {
		b.Fatalf("%d of %d sealed, %v", n, b.N, err)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
}
