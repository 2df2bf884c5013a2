package app

import "context"

// SettleFailures writes down why requests were refused in the last second; a job
// does so while the App serves.
func (a *App) SettleFailures(ctx context.Context) error {
	err := a.failures.Settle(ctx)
	if n := a.failures.Dropped(); n != a.dropped.Swap(n) {
		a.log.Warn("failures dropped", "since_start", n)
	}
	return err
}

// declared reports whether an administrator declared the client.
func (a *App) declared(clientID string) bool {
	c := a.Clients.Client(clientID)
	return c != nil && !c.Stranger
}
