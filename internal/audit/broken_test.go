package audit_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"idp/internal/audit"
	"idp/internal/testdb"
)

// A change that stops the purge is told for as long as it does, and ends with what an
// administrator does about it, which the log tells too.
func TestBrokenBeginningIsTold(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, url string) {
		b, ctx := newBook(t, url), context.Background()
		s := b.sealer()
		b.write(20)
		if _, err := s.Purge(ctx, 15*time.Minute); err != nil {
			t.Fatal(err)
		}
		if first, last := s.Broken(); first || last {
			t.Fatal("nothing was changed")
		}
		b.exec(`UPDATE audit_events SET result = 'y' WHERE seq IN (8, 14)`)
		b.now = b.now.Add(24 * time.Hour)
		for range 2 {
			if n, err := s.Purge(ctx, time.Hour); n != 0 || !errors.Is(err, audit.ErrPurge) {
				t.Errorf("%d purged, %v", n, err)
			}
			if first, last := s.Broken(); !first || last {
				t.Errorf("the purge stops, and says %v, %v", first, last)
			}
		}
		b.write(1)
		if n, err := s.PurgeBroken(ctx, time.Hour); n == 0 || err != nil {
			t.Fatalf("%d purged, %v", n, err)
		}
		b.seal()
		events, err := b.store.Events(ctx, audit.Query{Name: string(audit.AuditPurged), Limit: 1})
		if err != nil || len(events) != 1 || events[0].Result != "broken" {
			t.Errorf("%+v, %v", events, err)
		}
		if r := b.verify(); len(r.Faults) > 0 || r.Events != 2 {
			t.Errorf("%d events, faults %v", r.Events, r.Faults)
		}
		b.now = b.now.Add(24 * time.Hour)
		if n, err := s.Purge(ctx, time.Hour); n != 2 || err != nil {
			t.Errorf("%d purged, %v", n, err)
		}
		if first, _ := s.Broken(); first {
			t.Error("it is still told")
		}
	})
}

// An end that is not ours is told, and over when it is.
func TestBrokenEndIsTold(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, url string) {
		b, ctx := newBook(t, url), context.Background()
		s := b.sealer()
		b.write(3)
		b.exec(`UPDATE audit_ends SET seq = 2 WHERE seq = 3`)
		if err := b.store.Record(ctx, audit.Event{At: b.now, Name: audit.LimitHit, Actor: audit.Unknown}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Seal(ctx); !errors.Is(err, audit.ErrBroken) {
			t.Fatal(err)
		}
		if first, last := s.Broken(); first || !last {
			t.Errorf("it says %v, %v", first, last)
		}
		b.exec(`UPDATE audit_ends SET seq = 3 WHERE seq = 2`)
		if _, err := s.Seal(ctx); err != nil {
			t.Fatal(err)
		}
		if _, last := s.Broken(); last {
			t.Error("it is still told")
		}
	})
}
