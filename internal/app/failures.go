package app

import (
	"context"

	"idp/internal/failure"
)

// rememberFailures begins to keep why requests are refused, or goes on where the
// configuration before left off.
func (a *App) rememberFailures(old *App) {
	if old != nil {
		a.failures = old.failures
		a.dropped.Store(old.dropped.Load())
		return
	}
	a.failures = failure.NewRecorder(a.Store, a.live.declared, a.now)
}

// SettleFailures writes down why requests were refused in the last second; a job
// does so while the App serves.
func (a *App) SettleFailures(ctx context.Context) error {
	err := a.failures.Settle(ctx)
	if n := a.failures.Dropped(); n != a.dropped.Swap(n) {
		a.log.Warn("failures dropped", "since_start", n)
	}
	return err
}
