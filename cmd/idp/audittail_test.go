package main

import (
	"testing"
	"time"

	"idp/internal/audit"
	"idp/internal/secret"
)

// However many events come at once, each is shown once; and what is remembered of
// them does not grow.
func TestTailShowsEachEventOnce(t *testing.T) {
	t.Parallel()
	start := time.Unix(1_800_000_000, 0)
	var log []audit.Seen // as it is stored, in the order of ids
	happen := func(n int, at time.Time) {
		for i := range n {
			at := at.Add(time.Duration(i) * time.Millisecond)
			log = append(log, audit.Seen{Sealed: audit.Sealed{Event: audit.Event{ID: secret.NewID("aud_", at), At: at}}})
		}
	}
	shown := map[string]int{}
	tail := tail{
		events: func(q audit.Query) (page []audit.Seen, err error) {
			for _, s := range log {
				if s.ID > q.After && len(page) < q.Limit {
					page = append(page, s)
				}
			}
			return page, nil
		},
		print: func(s *audit.Seen) error { shown[s.ID]++; return nil },
		seen:  map[string]bool{},
	}
	from, err := start, error(nil)
	for second := range 60 {
		happen(500, start.Add(time.Duration(second)*time.Second))
		if from, err = tail.round(from); err != nil {
			t.Fatal(err)
		}
		if len(shown) != len(log) {
			t.Fatalf("after %d s, %d of %d events are shown", second, len(shown), len(log))
		}
	}
	for id, n := range shown {
		if n != 1 {
			t.Errorf("%s is shown %d times", id, n)
		}
	}
	if most := 500 * int(overlap/time.Second+2); len(tail.seen) > most {
		t.Errorf("%d of %d are remembered", len(tail.seen), len(shown))
	}
}
