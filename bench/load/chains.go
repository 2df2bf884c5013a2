package load

import (
	"sync"
	"time"
)

// Chain is one line of refresh tokens, each made from the one before.
type Chain interface {
	Use() error     // the newest token becomes the next, which is used
	Refresh() error // the same, without a use
}

// Outcome is what became of many chains that were used at once.
type Outcome struct {
	Operations int
	Lost       int     // chains whose newest token was refused in the end
	Errors     []error // of all operations; none is repeated
	Elapsed    time.Duration
}

// Wear uses every chain in a goroutine of its own, as long as more returns true
// of how often it was used already. In the end it asks each for one more token:
// whose newest is refused is lost.
func Wear[C Chain](chains []C, more func(used int) bool) Outcome {
	var mu sync.Mutex
	var wg sync.WaitGroup
	var o Outcome
	start := time.Now()
	for _, c := range chains {
		wg.Go(func() {
			used, errs := 0, []error(nil)
			for ; more(used); used++ {
				if err := c.Use(); err != nil {
					errs = append(errs, err)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			o.Operations += used
			o.Errors = append(o.Errors, errs...)
		})
	}
	wg.Wait()
	o.Elapsed = time.Since(start)
	for _, c := range chains {
		if c.Refresh() != nil {
			o.Lost++
		}
	}
	return o
}
