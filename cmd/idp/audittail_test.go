package main

import (
	"slices"
	"strings"
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
		now:   func() time.Time { return start.Add(time.Hour) },
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

// What was older than the last that were asked for comes no more, and nobody's clock
// hides what others tell.
func TestTailGoesOnFromTheLast(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	var log []audit.Seen
	happen := func(at time.Time) { // as the database has it, in the order of ids
		e := audit.Seen{Sealed: audit.Sealed{Event: audit.Event{ID: secret.NewID("aud_", at), At: at}}}
		i, _ := slices.BinarySearchFunc(log, e, func(a, b audit.Seen) int { return strings.Compare(a.ID, b.ID) })
		log = slices.Insert(log, i, e)
	}
	shown := 0
	tail := tail{
		events: func(q audit.Query) (page []audit.Seen, err error) {
			if q.After == "" {
				page = slices.Clone(log[len(log)-min(q.Limit, len(log)):])
				slices.Reverse(page)
				return page, nil
			}
			for _, s := range log {
				if s.ID > q.After && len(page) < q.Limit {
					page = append(page, s)
				}
			}
			return page, nil
		},
		print: func(*audit.Seen) error { shown++; return nil },
		seen:  map[string]bool{},
		now:   func() time.Time { return now },
	}
	for i := range 50 {
		happen(now.Add(time.Duration(i-50) * time.Millisecond))
	}
	if err := tail.last(5); err != nil || shown != 5 {
		t.Fatalf("%d are shown, %v", shown, err)
	}
	from, want := now, 5
	for second := range 60 {
		if second%3 == 0 {
			happen(now.Add(30 * time.Second)) // of a replica whose clock is ahead
			want++
		}
		happen(now.Add(-3 * time.Second)) // and of one whose clock is behind
		want++
		var err error
		if from, err = tail.round(from); err != nil || shown != want {
			t.Fatalf("in second %d, %d of %d are shown, %v", second, shown, want, err)
		}
		now = now.Add(time.Second)
	}
}
