package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"idp/internal/jobs"
)

func TestJobsRepeatAndStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &strings.Builder{}
		ctx, cancel := context.WithCancel(context.Background())
		var rounds, fails atomic.Int64
		done := make(chan struct{})
		go func() {
			defer close(done)
			jobs.Run(ctx, slog.New(slog.NewTextHandler(log, nil)),
				jobs.Job{Name: "steady", Every: time.Minute, Run: func(context.Context) error { rounds.Add(1); return nil }},
				jobs.Job{Name: "sick", Every: time.Minute, Run: func(context.Context) error {
					if fails.Add(1)%2 == 0 {
						panic("boom")
					}
					return errors.New("no luck")
				}})
		}()
		time.Sleep(time.Hour) // the bubble's time: it costs nothing
		cancel()
		<-done
		if n := rounds.Load(); n < 50 || n > 70 {
			t.Errorf("%d rounds in an hour of minutes", n)
		}
		if n := fails.Load(); n < 50 {
			t.Errorf("a failing job gave up after %d rounds", n)
		}
		if s := log.String(); !strings.Contains(s, "no luck") || !strings.Contains(s, "boom") || !strings.Contains(s, "job=sick") {
			t.Errorf("the log lacks the failures")
		}
	})
}
