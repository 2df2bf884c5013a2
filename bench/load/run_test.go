package load_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"idp/bench/load"
)

func TestRunCountsTheWindowOnly(t *testing.T) {
	t.Parallel()
	const workers = 4
	var running atomic.Int32
	steps := make([]func() error, workers)
	for i := range steps {
		var busy bool
		steps[i] = func() error {
			if busy {
				t.Error("a worker starts before its last operation is over")
			}
			busy = true
			running.Add(1)
			<-time.After(time.Millisecond)
			running.Add(-1)
			busy = false
			return nil
		}
	}
	edges := 0
	r, err := load.Run(steps, 300*time.Millisecond, 30*time.Millisecond, func() { edges++ })
	if err != nil || edges != 2 || running.Load() != 0 {
		t.Fatalf("%v, %d edges, %d still running", err, edges, running.Load())
	}
	if r.Elapsed < 30*time.Millisecond || r.Operations != len(r.Latencies) {
		t.Errorf("%d operations, %d latencies in %v", r.Operations, len(r.Latencies), r.Elapsed)
	}
	if most := workers * int(r.Elapsed/time.Millisecond+1); r.Operations < workers || r.Operations > most {
		t.Errorf("%d operations, at most %d can be", r.Operations, most)
	}
	for _, d := range r.Latencies {
		if d < time.Millisecond {
			t.Fatalf("an operation of 1 ms took %v", d)
		}
	}
}

func TestRunStopsAtAFailure(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	start := time.Now()
	_, err := load.Run([]func() error{func() error { return nil }, func() error { return broken }}, time.Minute, time.Minute, func() {})
	if !errors.Is(err, broken) || time.Since(start) > 10*time.Second {
		t.Errorf("error %v after %v", err, time.Since(start))
	}
}

func TestPercentile(t *testing.T) {
	t.Parallel()
	sorted := make([]time.Duration, 100)
	for i := range sorted {
		sorted[i] = time.Duration(i)
	}
	for _, test := range []struct {
		p    float64
		want time.Duration
	}{{0, 0}, {0.5, 50}, {0.99, 99}, {1, 99}} {
		if got := load.Percentile(sorted, test.p); got != test.want {
			t.Errorf("percentile %v is %d, want %d", test.p, got, test.want)
		}
	}
	if load.Percentile(nil, 0.5) != 0 {
		t.Error("the percentile of nothing is something")
	}
}
