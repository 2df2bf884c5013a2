package main

import (
	"context"
	"maps"
	"time"

	"idp/internal/audit"
	"idp/internal/secret"
)

// tail shows events as they come.
type tail struct {
	events func(audit.Query) ([]audit.Seen, error)
	print  func(*audit.Seen) error
	seen   map[string]bool // ids of those that a round may find again
	now    func() time.Time
}

const (
	// overlap is how much later than another's an event may become visible that was
	// made before it.
	overlap = 10 * time.Second
	// tailPage is how many events are asked for at once.
	tailPage = 1000
)

// last shows the last n events. What is older stays away from the rounds that follow,
// and what comes between the two looks does not.
func (t *tail) last(n int) error {
	for q := (audit.Query{After: secret.FirstID("aud_", t.now().Add(-overlap)), Limit: tailPage}); ; {
		old, err := t.events(q)
		if err != nil {
			return err
		}
		for i := range old {
			t.seen[old[i].ID], q.After = true, old[i].ID
		}
		if len(old) < tailPage {
			break
		}
	}
	if n == 0 {
		return nil
	}
	last, err := t.events(audit.Query{Limit: n})
	if err != nil {
		return err
	}
	for i := range last {
		s := &last[len(last)-1-i]
		t.seen[s.ID] = true
		if err := t.print(s); err != nil {
			return err
		}
	}
	return nil
}

func (t *tail) follow(ctx context.Context, from time.Time) error {
	ticks := time.NewTicker(time.Second)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticks.C:
		}
		var err error
		if from, err = t.round(from); err != nil {
			return err
		}
	}
}

// round shows everything that was made since a little before from and was not shown
// yet, and says from where the next round goes on.
func (t *tail) round(from time.Time) (time.Time, error) {
	first := secret.FirstID("aud_", from.Add(-overlap))
	maps.DeleteFunc(t.seen, func(id string, _ bool) bool { return id < first })
	for q := (audit.Query{After: first, Limit: tailPage}); ; {
		fresh, err := t.events(q)
		if err != nil {
			return from, err
		}
		for i := range fresh {
			if err := t.show(&fresh[i]); err != nil {
				return from, err
			}
		}
		if len(fresh) > 0 {
			from, q.After = fresh[len(fresh)-1].At, fresh[len(fresh)-1].ID
		}
		if len(fresh) < tailPage {
			if now := t.now(); from.After(now) { // the clock of another replica is ahead: ours goes on from ours
				from = now
			}
			return from, nil
		}
	}
}

func (t *tail) show(s *audit.Seen) error {
	if t.seen[s.ID] {
		return nil
	}
	t.seen[s.ID] = true
	return t.print(s)
}
