package app

import (
	"context"
	"net"
	"sync"

	"idp/internal/jobs"
)

// Serve answers on l and does the background work until ctx ends, with whatever
// configuration is in force; then it finishes what is in hand and closes the
// database.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	// Letters of the requests that are still finished after a stop go out too.
	a.live.start(context.WithoutCancel(ctx))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var following sync.WaitGroup
	if a.options.Follow != nil {
		following.Go(func() { a.follow(ctx) })
	}
	err := a.Server.Serve(ctx, l)
	cancel() // if it could not serve at all
	following.Wait()
	a.live.stop()
	if errClose := a.Store.Close(); err == nil {
		err = errClose
	}
	return err
}

// run does the background work of one configuration. end finishes what is in hand.
func (a *App) run(ctx context.Context) (end func()) {
	background, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { a.Worker.Run(background) })
	wg.Go(func() { a.Logout.Run(background) })
	wg.Go(func() { jobs.Run(background, a.log, a.jobs()...) })
	return func() {
		cancel()
		wg.Wait()
		if err := a.settle(ctx); err != nil {
			a.log.Warn("budgets", "error", err) // what was counted in the last second
		}
	}
}
