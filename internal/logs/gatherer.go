package logs

import (
	"io"
	"sync"
	"time"
)

const (
	// maxDelay is how long a line may wait, and what a kill -9 may lose.
	maxDelay = 50 * time.Millisecond
	enough   = 32 << 10 // bytes that are written without waiting any longer
)

// gatherer collects lines and writes them together. The first line after a write
// starts the clock, so that an idle process has no timer running.
type gatherer struct {
	w     io.Writer
	mu    sync.Mutex
	lines []byte
}

// Write takes whole lines. It reports no error: a log that cannot be written is
// nothing that a request could do anything about.
func (g *gatherer) Write(line []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.lines) == 0 {
		time.AfterFunc(maxDelay, g.flush)
	}
	g.lines = append(g.lines, line...)
	if len(g.lines) >= enough {
		g.writeOut()
	}
	return len(line), nil
}

func (g *gatherer) flush() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.writeOut()
}

func (g *gatherer) writeOut() {
	if len(g.lines) > 0 {
		_, _ = g.w.Write(g.lines) // see Write
		g.lines = g.lines[:0]
	}
}
