package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"idp/bench/caller"
	"idp/bench/load"
)

const (
	askEvery  = 20 * time.Millisecond // 50 a second
	askFor    = 20 * time.Second
	askers    = 128 // at once, at most
	askWarmup = 50
)

// mailTime measures from the address that is posted to the mail that the mail
// server has taken, in an open loop: people come when they come, whoever waits.
// If nobody is left to send a form, the waiting counts too.
func (s *stage) mailTime(ctx context.Context, out io.Writer) (err error) {
	t := s.targets[product]
	p, err := t.kind.Start(t.place)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Errors(), p.Stop()) }()
	provider, err := caller.Meet(p.Issuer())
	if err != nil {
		return err
	}
	free := make(chan *caller.Asker, askers)
	for range askers {
		a, err := provider.Asker(s.mails)
		if err != nil {
			return err
		}
		free <- a
	}
	if _, err := askSteadily(ctx, free, "warm", askWarmup); err != nil {
		return err
	}
	took, err := askSteadily(ctx, free, "ask", int(askFor/askEvery))
	if err != nil {
		return err
	}
	slices.Sort(took)
	fmt.Fprintf(out, "address posted to mail accepted, %s\n%d mails, one every %s whatever happens: p50 %.1f ms, p99 %.1f ms, at most %.1f ms\n",
		s.database, len(took), askEvery, ms(load.Percentile(took, 0.5)), ms(load.Percentile(took, 0.99)), ms(took[len(took)-1]))
	return nil
}

// askSteadily lets somebody ask at each tick and returns how long each mail took.
func askSteadily(ctx context.Context, free chan *caller.Asker, name string, mails int) ([]time.Duration, error) {
	var wg sync.WaitGroup
	took, failed := make([]time.Duration, mails), make(chan error, mails)
	start := time.Now()
	for i := range mails {
		due := start.Add(time.Duration(i) * askEvery)
		select {
		case <-time.After(time.Until(due)):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		wg.Go(func() {
			a := <-free
			late := max(0, time.Since(due)) // behind who is before
			var began time.Time
			if err := a.Ask(fmt.Sprintf("%s%d@example.com", name, i), func() { began = time.Now() }); err != nil {
				failed <- err
			}
			took[i] = late + time.Since(began)
			free <- a
		})
	}
	wg.Wait()
	close(failed)
	return took, <-failed
}
