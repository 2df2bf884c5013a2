package spans

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

// Options are where spans go.
type Options struct {
	Endpoint string // of the collector, without /v1/traces
	Sample   float64
	Headers  map[string]string
	Version  string // of the program
	HTTP     *http.Client
	Log      *slog.Logger
}

const (
	queued  = 4096 // spans at most that wait
	atOnce  = 512  // spans of one request
	every   = time.Second
	timeout = 5 * time.Second // of one request
)

// Tracer makes spans and sends them. A nil Tracer does nothing.
type Tracer struct {
	o     Options
	queue chan *Span

	sent, dropped, failed atomic.Int64
	failing               bool // the last request was not taken
}

// New makes a Tracer; Run sends what it makes.
func New(o Options) *Tracer { return &Tracer{o: o, queue: make(chan *Span, queued)} }

func (t *Tracer) lucky() bool {
	if t.o.Sample >= 1 {
		return true
	}
	var b [4]byte
	_, _ = rand.Read(b[:]) // it never fails
	return float64(binary.BigEndian.Uint32(b[:]))/(1<<32) < t.o.Sample
}

// hand never waits.
func (t *Tracer) hand(s *Span) {
	select {
	case t.queue <- s:
	default:
		t.dropped.Add(1)
	}
}

// Counts are the spans that the collector took, those that found the queue full,
// and those that it did not take.
func (t *Tracer) Counts() (sent, dropped, failed int64) {
	return t.sent.Load(), t.dropped.Load(), t.failed.Load()
}

// Run sends spans until ctx ends, then, once, those that wait.
func (t *Tracer) Run(ctx context.Context) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			t.flush(ctx)
		case <-ctx.Done():
			t.flush(context.WithoutCancel(ctx))
			return
		}
	}
}

// flush sends all that waits now. A collector that fails gets the rest in a second.
func (t *Tracer) flush(ctx context.Context) {
	for more := len(t.queue); more > 0; {
		batch := make([]*Span, 0, min(more, atOnce))
		for len(batch) < cap(batch) {
			batch = append(batch, <-t.queue)
		}
		more -= len(batch)
		if err := t.post(ctx, encode(batch, t.o.Version)); err != nil {
			t.failed.Add(int64(len(batch)))
			t.tell(err)
			return
		}
		t.sent.Add(int64(len(batch)))
		t.tell(nil)
	}
}

// tell logs when the collector begins to fail, and when that is over.
func (t *Tracer) tell(err error) {
	switch {
	case err != nil && !t.failing:
		t.o.Log.Warn("spans are lost: the collector does not take them", "error", err)
	case err == nil && t.failing:
		t.o.Log.Info("the collector takes spans again")
	}
	t.failing = err != nil
}

func (t *Tracer) post(ctx context.Context, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.o.Endpoint+"/v1/traces", bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("send spans: %w", err)
	}
	for name, value := range t.o.Headers {
		req.Header.Set(name, value)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := t.o.HTTP.Do(req)
	if err != nil {
		return fmt.Errorf("send spans: %w", err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // so that the connection can be used again
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return fmt.Errorf("send spans: the collector answers %s", resp.Status)
	}
	return nil
}
