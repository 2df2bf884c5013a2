package logs_test

import (
	"bytes"
	"errors"
	"log/slog"
	"testing"
	"time"

	"idp/internal/logs"
)

// Whatever is logged, the line is the one that slog writes.
func TestLinesAreThoseOfSlog(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 10, 30, 0, 120_000_000, time.UTC)
	for what, attrs := range map[string][]slog.Attr{
		"nothing":       nil,
		"a request":     {slog.String("method", "GET"), slog.Int("status", 200), slog.Int64("us", -7), slog.Bool("new", true), slog.String("user", "usr_1"), slog.String("x", "")},
		"quotes":        {slog.String("error", `a "b" \ c`)},
		"lines":         {slog.String("error", "a\nb\tc\x00\x7f")},
		"marks":         {slog.String("error", "<a>&b'")},
		"other letters": {slog.String("error", "Grüße \u2028 \xff")},
		"odd keys":      {slog.String(`a"b`, "c")},
		"other kinds":   {slog.Any("error", errors.New("x")), slog.Duration("d", time.Second), slog.Time("t", at), slog.Group("g", "a", 1), slog.Float64("f", 1.5), slog.Any("v", []int{1})},
		"a group first": {slog.String("a", "b"), slog.Group("", "c", 1)},
	} {
		for _, level := range []slog.Level{slog.LevelInfo, slog.LevelInfo + 1, slog.LevelError} {
			r := slog.NewRecord(at, level, "request", 0)
			r.AddAttrs(attrs...)
			var want, got bytes.Buffer
			log, flush := logs.New(&got, slog.LevelInfo, "json")
			if err := errors.Join(slog.NewJSONHandler(&want, nil).Handle(t.Context(), r), log.Handler().Handle(t.Context(), r)); err != nil {
				t.Error(err)
			}
			flush()
			if got.String() != want.String() {
				t.Errorf("%s, %s: the line is %s, slog writes %s", what, level, &got, &want)
			}
		}
	}
}
