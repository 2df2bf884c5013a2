package logs

import (
	"log/slog"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"
)

// lineRoom is what one line takes with all its fields, as a rule.
const lineRoom = 512

var rooms = sync.Pool{New: func() any { b := make([]byte, 0, lineRoom); return &b }}

// appendLine writes r as slog's JSONHandler would, for a third of its price. It knows
// text without anything to escape, whole numbers and yes or no, which is what requests
// are told with; ok is false for everything else.
func appendLine(b []byte, r *slog.Record) (line []byte, ok bool) {
	b = append(b, `{"time":"`...)
	b = r.Time.AppendFormat(b, time.RFC3339Nano)
	b = append(b, `","level":"`...)
	b = append(b, r.Level.String()...)
	b = append(b, `","msg":`...)
	b, ok = appendText(b, r.Message)
	r.Attrs(func(a slog.Attr) bool {
		if ok {
			b = append(b, ',')
			b, ok = appendText(b, a.Key)
		}
		if ok {
			b = append(b, ':')
			b, ok = appendValue(b, a.Value)
		}
		return ok
	})
	return append(b, "}\n"...), ok
}

func appendValue(b []byte, v slog.Value) ([]byte, bool) {
	switch v.Kind() {
	case slog.KindString:
		return appendText(b, v.String())
	case slog.KindInt64:
		return strconv.AppendInt(b, v.Int64(), 10), true
	case slog.KindBool:
		return strconv.AppendBool(b, v.Bool()), true
	default:
		return b, false
	}
}

func appendText(b []byte, s string) ([]byte, bool) {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return b, false
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"'), true
}
