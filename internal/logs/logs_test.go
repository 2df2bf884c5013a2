package logs_test

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"idp/internal/logs"
)

// paper is what was really written.
type paper struct {
	mu     sync.Mutex
	text   bytes.Buffer
	writes int
}

func (p *paper) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.writes++
	return p.text.Write(b)
}

func (p *paper) lines() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Count(p.text.String(), "\n")
}

func TestLinesAreGatheredForAMoment(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &paper{}
		log, _ := logs.New(p, slog.LevelInfo, "json")
		for i := range 3 {
			log.Info("request", "n", i)
		}
		if n := p.lines(); n != 0 {
			t.Errorf("%d lines were written one by one", n)
		}
		time.Sleep(100 * time.Millisecond)
		if n := p.lines(); n != 3 || p.writes != 1 {
			t.Errorf("after a moment: %d lines in %d writes, want 3 in 1", n, p.writes)
		}
		log.Info("request", "n", 3)
		time.Sleep(100 * time.Millisecond)
		if n := p.lines(); n != 4 {
			t.Errorf("later: %d lines, want 4", n)
		}
	})
}

func TestTroubleDoesNotWait(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"json", "text"} {
		p := &paper{}
		log, _ := logs.New(p, slog.LevelInfo, format)
		log.Info("before")
		log.With("a", 1).WithGroup("g").Warn("trouble")
		text := p.text.String()
		if p.lines() != 2 || strings.Index(text, "before") > strings.Index(text, "trouble") {
			t.Errorf("%s: a warning is written at once, after what came before it: %q", format, text)
		}
	}
}

func TestFlushLeavesNothing(t *testing.T) {
	t.Parallel()
	p := &paper{}
	log, flush := logs.New(p, slog.LevelInfo, "json")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				log.Info("request", "filler", strings.Repeat("x", 100))
			}
		})
	}
	wg.Wait()
	log.Debug("not wanted")
	flush()
	if n := p.lines(); n != 4000 {
		t.Errorf("%d lines, want 4000", n)
	}
	for i, line := range strings.Split(strings.TrimSpace(p.text.String()), "\n") {
		if !strings.HasPrefix(line, "{") || !strings.HasSuffix(line, "}") {
			t.Fatalf("line %d is torn: %s", i, line)
		}
	}
}
