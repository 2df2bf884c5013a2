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
func (a *App) Serve(ctx context.Context, l net.Listener) error { return a.ServeBoth(ctx, l, nil) }

// ServeBoth is Serve with the administrator's listener, which answers to the very
// end; nil if there is none.
func (a *App) ServeBoth(ctx context.Context, l, admin net.Listener) error {
	// Letters of the requests that are still finished after a stop go out too.
	background := context.WithoutCancel(ctx)
	a.live.start(background)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var following sync.WaitGroup
	if a.options.Follow != nil {
		following.Go(func() { a.follow(ctx) })
	}
	watched := a.watched(ctx, admin)
	err := a.Server.Serve(ctx, l)
	cancel() // if it could not serve at all
	following.Wait()
	a.live.stop()
	if errAudit := a.WriteAudit(background); errAudit != nil {
		a.log.Warn("audit", "error", errAudit) // the next process goes on with it
	}
	watched()
	if errClose := a.Store.Close(); err == nil {
		err = errClose
	}
	if err == nil {
		a.log.Info("stopped")
	}
	return err
}

// watched serves the administrator and sends spans, until the returned function is
// called.
func (a *App) watched(ctx context.Context, admin net.Listener) (end func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	if admin != nil && a.Admin != nil {
		wg.Go(func() {
			if err := a.Admin.Serve(ctx, admin); err != nil {
				a.log.Error("administrator's listener", "error", err)
			}
		})
	}
	if tracer := a.seeing.tracer; tracer != nil {
		wg.Go(func() { tracer.Run(ctx) })
	}
	return func() { cancel(); wg.Wait() }
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
		if err := a.SettleFailures(ctx); err != nil {
			a.log.Warn("failures", "error", err)
		}
	}
}
