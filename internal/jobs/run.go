package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"
)

// Job is one thing to repeat.
type Job struct {
	Name  string
	Every time.Duration
	Run   func(ctx context.Context) error
}

// Run repeats all jobs until ctx ends and returns when the last round is over. A
// failed round is logged and tried again at its next time; a panic does not end
// the others.
func Run(ctx context.Context, log *slog.Logger, jobs ...Job) {
	var wg sync.WaitGroup
	for _, j := range jobs {
		wg.Go(func() {
			for {
				// Some spread keeps replicas that started together from working together.
				pause := j.Every - j.Every/10 + rand.N(j.Every/5+1) //nolint:gosec // nothing depends on nobody guessing it
				select {
				case <-ctx.Done():
					return
				case <-time.After(pause):
				}
				if err := round(ctx, j); err != nil && ctx.Err() == nil {
					log.Error("job", "job", j.Name, "error", err)
				}
			}
		})
	}
	wg.Wait()
}

func round(ctx context.Context, j Job) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	return j.Run(ctx)
}
