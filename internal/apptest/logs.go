package apptest

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
)

// Logs keeps everything that the provider logs, down to debug.
type Logs struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	next chan struct{} // closed by the next line; nil if nobody waits
}

// Write implements io.Writer.
func (l *Logs) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next != nil {
		close(l.next)
		l.next = nil
	}
	return l.buf.Write(b)
}

// Next returns a channel that the next line closes.
func (l *Logs) Next() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next == nil {
		l.next = make(chan struct{})
	}
	return l.next
}

// String returns the log so far, one JSON object a line.
func (l *Logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// Faults are the lines that were logged as errors: what the provider itself got
// wrong, such as every answer with a status of 500.
func (l *Logs) Faults() []string {
	var out []string
	for line := range strings.Lines(l.String()) {
		if strings.Contains(line, `"level":"ERROR"`) {
			out = append(out, line)
		}
	}
	return out
}

// Logger writes here.
func (l *Logs) Logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
