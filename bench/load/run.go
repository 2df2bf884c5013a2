package load

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Result is what happened within the window of one Run.
type Result struct {
	Operations int
	Elapsed    time.Duration
	Latencies  []time.Duration // one per operation, in no order
}

const (
	warming int32 = iota
	counting
	stopping
)

// Run repeats every step in a goroutine of its own. It counts what ends within
// the window that follows warm, calls edge at its beginning and at its end, and
// returns when all workers stand still. The first failed step ends it early.
func Run(steps []func() error, warm, window time.Duration, edge func()) (Result, error) {
	var phase atomic.Int32
	var wg sync.WaitGroup
	failed := make(chan error, len(steps))
	latencies := make([][]time.Duration, len(steps))
	for i, step := range steps {
		wg.Go(func() {
			for phase.Load() != stopping {
				start := time.Now()
				if err := step(); err != nil {
					failed <- err
					return
				}
				if phase.Load() == counting {
					latencies[i] = append(latencies[i], time.Since(start))
				}
			}
		})
	}
	var r Result
	err := pause(warm, failed)
	if err == nil {
		edge()
		phase.Store(counting)
		start := time.Now()
		err = pause(window, failed)
		phase.Store(stopping)
		r.Elapsed = time.Since(start)
		edge()
	}
	phase.Store(stopping)
	wg.Wait()
	if err == nil && len(failed) > 0 {
		err = <-failed
	}
	r.Latencies = slices.Concat(latencies...)
	r.Operations = len(r.Latencies)
	return r, err
}

func pause(d time.Duration, failed <-chan error) error {
	select {
	case err := <-failed:
		return err
	case <-time.After(d):
		return nil
	}
}

// Percentile returns the smallest of sorted that is not below the share p (0 to 1)
// of them; zero of none.
func Percentile(sorted []time.Duration, p float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(p*float64(len(sorted))))]
}
