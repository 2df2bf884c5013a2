package main

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"idp/bench/pgtap"
	"idp/bench/target"
)

const (
	countWarmups = 5 // the first ones prepare statements and make users known
	countedRuns  = 50
	settled      = 30 * time.Millisecond // without a word to the database
	settleAtMost = 5 * time.Second
)

// counting runs every operation with one caller, the database behind a tap.
func (s *stage) counting(_ context.Context, ops []operation, r *report) error {
	for i, t := range s.targets {
		if err := s.countOne(i, t, ops, r); err != nil {
			return err
		}
	}
	return nil
}

func (s *stage) countOne(i int, t contender, ops []operation, r *report) (err error) {
	u, err := url.Parse(t.place.Database)
	if err != nil {
		return fmt.Errorf("count: %w", err)
	}
	tap, err := pgtap.Listen(u.Host)
	if err != nil {
		return err
	}
	defer tap.Close()
	u.Host = tap.Addr()
	t.place.Database = u.String()
	p, err := t.kind.Start(t.place)
	if err != nil {
		return err
	}
	defer func() {
		if e := p.Stop(); err == nil {
			err = e
		}
	}()
	for n, op := range ops {
		if r.rows[n].counts[i], err = s.countOperation(p, op, tap); err != nil {
			return fmt.Errorf("count %s at %s: %w", op.name, t.kind.Name, err)
		}
	}
	return nil
}

// perOperation are counts divided by operations.
type perOperation struct{ statements, commits, trips float64 }

func (s *stage) countOperation(p *target.Process, op operation, tap *pgtap.Tap) (perOperation, error) {
	steps, hangUp, err := s.steps(p, op, 1)
	if err != nil {
		return perOperation{}, err
	}
	defer hangUp()
	repeat := func(times int) error {
		for range times {
			if err := steps[0](); err != nil {
				return err
			}
		}
		return quiet(tap)
	}
	if err := repeat(countWarmups); err != nil {
		return perOperation{}, err
	}
	before := tap.Counts()
	err = repeat(countedRuns)
	c := tap.Counts().Since(before)
	return perOperation{float64(c.Statements) / countedRuns, float64(c.Commits) / countedRuns, float64(c.RoundTrips) / countedRuns}, err
}

// quiet returns when nobody has asked the database for a while: mail is sent, and
// its delivery recorded, after the answer.
func quiet(tap *pgtap.Tap) error {
	for last, start := tap.Counts(), time.Now(); time.Since(start) < settleAtMost; {
		time.Sleep(settled)
		now := tap.Counts()
		if now == last {
			return nil
		}
		last = now
	}
	return fmt.Errorf("the target keeps asking the database on its own")
}
