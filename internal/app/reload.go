package app

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"idp/internal/audit"
	"idp/internal/config"
	"idp/internal/config/strictyaml"
	"idp/internal/idp"
)

// ReloadState says which configuration is in force and how the last attempt to
// replace it went.
type ReloadState struct {
	At       time.Time // since when it is in force
	Hash     string    // of its YAML: equal on replicas whose files are; "" if nobody follows a file
	Tried    time.Time // the last attempt; zero for none
	Err      string    // why the last attempt changed nothing; "" if it did not fail
	Restart  []string  // YAML paths of the last attempt that only a restart changes
	Pending  bool      // the files say something else than what is in force
	Reloads  int       // attempts that changed something
	Failures int       // attempts that did not
}

// ReloadState is the state of this process. It is safe for concurrent use.
func (a *App) ReloadState() ReloadState { return *a.live.state.Load() }

// Current is the App that answers now: a itself until the first reload. Store,
// keyring and listener are the same in all of them.
func (a *App) Current() *App { return a.live.current.Load() }

// NeedsRestart says that a configuration changes what a process keeps for its
// life. Nothing of it is in force.
type NeedsRestart struct{ Paths []string }

// Error names the settings.
func (e *NeedsRestart) Error() string {
	return "restart needed for: " + strings.Join(e.Paths, ", ") + "; nothing of the file is in force before that"
}

// Reload puts another configuration in force: for all requests from now on, while
// those in hand finish with the one before. All of it or, with an error, nothing;
// the error may be *NeedsRestart.
func (a *App) Reload(ctx context.Context, cfg *config.Config) error {
	l := a.live
	l.mu.Lock()
	defer l.mu.Unlock()
	old := l.current.Load()
	if paths := config.NeedRestart(old.cfg, cfg); len(paths) > 0 {
		return &NeedsRestart{paths}
	}
	next, err := assemble(ctx, cfg, old.options, old.Store, l, old)
	if err != nil {
		return fmt.Errorf("reload: %w", err)
	}
	if level := old.options.Level; level != nil {
		_ = level.UnmarshalText([]byte(cfg.Log.Level)) // the configuration accepts only levels that slog knows
	}
	l.replace(a, next)
	a.tell(old.cfg, cfg)
	e := audit.Event{At: a.now(), Name: audit.ConfigReloaded, Actor: audit.System, Detail: audit.Detail("settings", config.Changes(old.cfg, cfg))}
	if err := a.Store.Record(ctx, e); err != nil {
		a.log.Warn("audit", "error", err) // it is in force all the same
	}
	return nil
}

// tell logs what a reload changed.
func (a *App) tell(old, now *config.Config) {
	plan := idp.PlanClients(now.Declared, old.Declared)
	a.log.Info("configuration reloaded", "settings", config.Changes(old, now),
		"add", ids(plan.Add), "change", ids(plan.Change), "disable", append([]string{}, plan.Disable...))
	Warn(a.log, now.Warnings())
}

// Warn logs what a configuration most likely does not mean.
func Warn(log *slog.Logger, warnings strictyaml.Faults) {
	for _, w := range warnings {
		log.Warn("configuration", "warning", w.Error())
	}
}

func ids(clients []idp.Client) []string {
	out := make([]string, len(clients))
	for i, c := range clients {
		out[i] = c.ID
	}
	return out
}
