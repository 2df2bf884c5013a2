package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"idp/internal/audit"
	"idp/internal/config"
	"idp/internal/config/strictyaml"
	"idp/internal/idp"
)

// Follow is how a process learns of another configuration.
type Follow struct {
	File *config.File
	// Now asks for a look at once, as SIGHUP does; nil for never.
	Now <-chan struct{}
	// Every is the pause between two looks; 0 for a second.
	Every time.Duration
}

// retryAfter is the pause after a reload that failed though the file is good:
// the database did not answer, mostly.
const retryAfter = 10 * time.Second

// follower follows one file.
type follower struct {
	*App
	tried   string // the print of what was last tried
	seen    string // the print of the last look
	retryAt time.Time
}

// follow reloads whenever the files change, until ctx ends. A change must have
// rested from one look to the next: half a file can be a good file, with half the
// clients.
func (a *App) follow(ctx context.Context) {
	every := a.options.Follow.Every
	if every == 0 {
		every = time.Second
	}
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	f := &follower{App: a}
	f.begin()
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.options.Follow.Now:
			f.reload(ctx)
		case <-ticks.C:
			f.look(ctx)
		}
	}
}

// begin takes what is there now for what is in force, unless it says otherwise: a
// file may have changed since this process read it.
func (f *follower) begin() {
	cfg, print, hash, err := f.options.Follow.File.Load()
	if err == nil && len(config.Changes(f.cfg, cfg)) == 0 && idp.PlanClients(cfg.Declared, f.cfg.Declared).Empty() {
		f.tried = print
		f.record(func(s *ReloadState) { s.Hash = hash })
	}
}

func (f *follower) look(ctx context.Context) {
	print := f.options.Follow.File.Print()
	rested := print == f.seen
	f.seen = print
	again := !f.retryAt.IsZero() && !time.Now().Before(f.retryAt)
	if rested && print != f.tried || again {
		f.reload(ctx)
	}
}

// reload tries what is there. A fault is logged once, however long it stays.
func (f *follower) reload(ctx context.Context) {
	cfg, print, hash, err := f.options.Follow.File.Load()
	f.tried, f.seen, f.retryAt = print, print, time.Time{}
	if err == nil {
		if err = f.Reload(ctx, cfg); err != nil && !errors.As(err, new(*NeedsRestart)) {
			f.retryAt = time.Now().Add(retryAfter)
		}
	}
	if ctx.Err() != nil {
		return
	}
	before := f.ReloadState().Err
	f.record(func(s *ReloadState) { s.tried(f.now(), hash, err) })
	if err != nil && err.Error() != before {
		f.log.Error("the configuration is not reloaded; the one before stays in force", "error", err)
		if err := f.Store.Record(ctx, refusedReload(f.now(), err)); err != nil {
			f.log.Warn("audit", "error", err) // the database may be the reason
		}
	}
}

// mostSettings is how many settings an event names.
const mostSettings = 20

// refusedReload is the event of a configuration that is not in force. It names
// settings and no values.
func refusedReload(now time.Time, err error) audit.Event {
	result, settings := "failed", []string{}
	var faults strictyaml.Faults
	if restart := new(NeedsRestart); errors.As(err, &restart) {
		result, settings = "restart", restart.Paths
	} else if errors.As(err, &faults) {
		result = "fault"
		for _, f := range faults {
			if f.Path != "" && !slices.Contains(settings, f.Path) {
				settings = append(settings, f.Path)
			}
		}
	}
	settings = settings[:min(len(settings), mostSettings)]
	return audit.Event{At: now, Name: audit.ConfigRefused, Actor: audit.System, Result: result, Detail: audit.Detail("settings", settings)}
}

func (f *follower) record(change func(*ReloadState)) {
	s := f.ReloadState()
	change(&s)
	f.live.state.Store(&s)
}

func (s *ReloadState) tried(now time.Time, hash string, err error) {
	s.Tried, s.Err, s.Restart, s.Pending = now, "", nil, err != nil
	if err == nil {
		s.At, s.Hash, s.Reloads = now, hash, s.Reloads+1
		return
	}
	s.Err, s.Failures = err.Error(), s.Failures+1
	if restart := new(NeedsRestart); errors.As(err, &restart) {
		s.Restart = restart.Paths
	}
}
