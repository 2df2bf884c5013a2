package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"
)

// startups is how many starts are timed.
const startups = 5

// starts times how long a start takes to the first answer on a database that is
// there: the one before makes the schema and the keys. It also weighs the
// binaries.
func (s *stage) starts(_ context.Context, _ []operation, r *report) error {
	for i, t := range s.targets {
		took := make([]time.Duration, 0, startups+1)
		for range startups + 1 {
			p, err := t.kind.Start(t.place)
			if err != nil {
				return err
			}
			took = append(took, p.Ready)
			if err := p.Stop(); err != nil {
				return err
			}
		}
		took = took[1:]
		slices.Sort(took)
		r.ready[i] = took[len(took)/2]
		info, err := os.Stat(t.kind.Binary)
		if err != nil {
			return fmt.Errorf("weigh %s: %w", t.kind.Name, err)
		}
		r.size[i] = info.Size()
	}
	return nil
}
