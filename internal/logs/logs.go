package logs

import (
	"context"
	"io"
	"log/slog"
)

// New makes a logger that writes to w: "text" lines, or JSON for every other
// format. Lines of level Warn and above, and what was logged before them, are
// written at once, the others within maxDelay. flush writes what is left; the
// program calls it last.
func New(w io.Writer, level slog.Leveler, format string) (log *slog.Logger, flush func()) {
	out := &gatherer{w: w}
	o := &slog.HandlerOptions{Level: level}
	var h slog.Handler = slog.NewJSONHandler(out, o)
	if format == "text" {
		h = slog.NewTextHandler(out, o)
	}
	return slog.New(urgent{h, out}), out.flush
}

// urgent lets no trouble wait.
type urgent struct {
	slog.Handler
	out *gatherer
}

func (u urgent) Handle(ctx context.Context, r slog.Record) error {
	err := u.Handler.Handle(ctx, r)
	if r.Level >= slog.LevelWarn {
		u.out.flush()
	}
	return err
}

func (u urgent) WithAttrs(attrs []slog.Attr) slog.Handler {
	return urgent{u.Handler.WithAttrs(attrs), u.out}
}

func (u urgent) WithGroup(name string) slog.Handler {
	return urgent{u.Handler.WithGroup(name), u.out}
}
