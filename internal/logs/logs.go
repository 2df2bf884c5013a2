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
	if format == "text" {
		return slog.New(urgent{slog.NewTextHandler(out, o), out}), out.flush
	}
	return slog.New(quick{urgent{slog.NewJSONHandler(out, o), out}}), out.flush
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

// quick writes the lines of requests itself, and leaves the rest to slog.
type quick struct{ urgent }

func (q quick) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelWarn {
		return q.urgent.Handle(ctx, r)
	}
	room := rooms.Get().(*[]byte)
	defer rooms.Put(room)
	line, ok := appendLine((*room)[:0], &r)
	*room = line
	if !ok {
		return q.urgent.Handle(ctx, r)
	}
	_, err := q.out.Write(line)
	return err
}

func (u urgent) WithAttrs(attrs []slog.Attr) slog.Handler {
	return urgent{u.Handler.WithAttrs(attrs), u.out}
}

func (u urgent) WithGroup(name string) slog.Handler {
	return urgent{u.Handler.WithGroup(name), u.out}
}
