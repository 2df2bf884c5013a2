package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"idp/bench/load"
	"idp/bench/proc"
	"idp/bench/target"
)

const (
	warmFirst = 500 * time.Millisecond // plans, pools, heap
	warmAgain = 150 * time.Millisecond
	idle      = time.Second // before the memory of an idle process is read
)

// figures are what was seen of one operation at one target.
type figures struct {
	rounds    []round
	latencies []time.Duration // over all rounds
}

// round is one measurement.
type round struct {
	rate             float64 // operations a second
	server, database float64 // milliseconds of processor time per operation
	wal              float64 // kilobytes per operation that PostgreSQL wrote to its log
}

// usage is processor time, and how far PostgreSQL's log is.
type usage struct {
	server, database time.Duration
	wal              int64
}

// startBoth starts both targets; stopBoth ends those of them that run.
func (s *stage) startBoth() (running [2]*target.Process, err error) {
	for i, t := range s.targets {
		if running[i], err = t.kind.Start(t.place); err != nil {
			return running, err
		}
	}
	return running, nil
}

func stopBoth(running [2]*target.Process) (err error) {
	for _, p := range running {
		if p != nil {
			err = errors.Join(err, p.Stop())
		}
	}
	return err
}

// load measures every operation at both targets, in rounds that change who comes
// first.
func (s *stage) load(ctx context.Context, ops []operation, r *report) (err error) {
	running, err := s.startBoth()
	defer func() { err = errors.Join(err, stopBoth(running)) }()
	if err != nil {
		return err
	}
	time.Sleep(idle)
	if r.idle, err = memory(running); err != nil {
		return err
	}
	if err := s.compareAll(ctx, running, ops, r); err != nil {
		return err
	}
	if r.after, err = memory(running); err != nil {
		return err
	}
	return errors.Join(running[product].Errors(), running[floor].Errors())
}

func (s *stage) compareAll(ctx context.Context, running [2]*target.Process, ops []operation, r *report) (err error) {
	for n, op := range ops {
		if err := s.database.checkpoint(ctx); err != nil {
			return err
		}
		if r.rows[n].figures, err = s.compare(ctx, running, op); err != nil {
			return err
		}
	}
	return nil
}

func memory(running [2]*target.Process) (m [2]proc.Memory, err error) {
	for i, p := range running {
		if m[i], err = proc.MemoryOf(p.PID); err != nil {
			return m, err
		}
	}
	return m, nil
}

// compare measures one operation: product, floor, floor, product, and so on.
func (s *stage) compare(ctx context.Context, running [2]*target.Process, op operation) (both [2]figures, err error) {
	var steps [2][]func() error
	for i, p := range running {
		var hangUp func()
		if steps[i], hangUp, err = s.steps(p, op, s.workers); err != nil {
			return both, err
		}
		defer hangUp()
	}
	for round := range s.rounds {
		order := []int{product, floor}
		if round%2 == 1 {
			slices.Reverse(order)
		}
		warm := warmAgain
		if round == 0 {
			warm = warmFirst
		}
		for _, i := range order {
			if err := ctx.Err(); err != nil {
				return both, err
			}
			if err := s.measure(running[i], steps[i], warm, s.window, &both[i]); err != nil {
				return both, fmt.Errorf("%s at %s: %w", op.name, s.targets[i].kind.Name, err)
			}
		}
	}
	return both, nil
}

// measure does one round and adds it to f.
func (s *stage) measure(p *target.Process, steps []func() error, warm, window time.Duration, f *figures) error {
	var failed error
	var seen []usage
	res, err := load.Run(steps, warm, window, func() {
		u, err := s.usage(p)
		failed = errors.Join(failed, err)
		seen = append(seen, u)
	})
	if err = errors.Join(err, failed); err != nil {
		return err
	}
	if res.Operations == 0 {
		return errors.New("not one operation ended in the time; give more with -time")
	}
	n := float64(res.Operations)
	f.rounds = append(f.rounds, round{
		rate:   n / res.Elapsed.Seconds(),
		server: ms(seen[1].server-seen[0].server) / n, database: ms(seen[1].database-seen[0].database) / n,
		wal: float64(seen[1].wal-seen[0].wal) / 1000 / n,
	})
	f.latencies = append(f.latencies, res.Latencies...)
	return nil
}

func (s *stage) usage(p *target.Process) (usage, error) {
	own, err := proc.CPU(p.PID)
	if err != nil {
		return usage{}, err
	}
	db, err := proc.Family(s.database.postmaster)
	if err != nil {
		return usage{}, err
	}
	wal, err := s.database.written()
	return usage{own, db, wal}, err
}
