package spans

import (
	"context"
	"crypto/rand"
	"time"
)

// Kind is the place of a span between programs (OTLP SpanKind).
type Kind int

// The kinds.
const (
	Internal Kind = 1
	Server   Kind = 2
	Client   Kind = 3
)

// Span is a piece of work with a beginning and an end. It belongs to one
// goroutine. A nil Span is work that nobody traces.
type Span struct {
	tracer     *Tracer
	name       string
	kind       Kind
	trace      [16]byte
	id, parent [8]byte
	began      time.Time
	took       time.Duration
	failed     bool
	attributes []attribute
}

type attribute struct {
	key, text string
	number    int64
	isNumber  bool
}

type key struct{}

// begin makes a span below parent, or the first of a trace.
func (t *Tracer) begin(name string, kind Kind, trace [16]byte, parent [8]byte) *Span {
	s := &Span{tracer: t, name: name, kind: kind, trace: trace, parent: parent, began: time.Now()}
	_, _ = rand.Read(s.id[:]) // it never fails
	if trace == [16]byte{} {
		_, _ = rand.Read(s.trace[:])
	}
	return s
}

// Request begins the span of a request. traceparent is the header's value if its
// sender is trusted, else "": then it is the sampling rate that decides. The
// context knows the decision, so that all work below follows it.
func (t *Tracer) Request(ctx context.Context, name, traceparent string) (context.Context, *Span) {
	if t == nil {
		return ctx, nil
	}
	var s *Span
	if p, ok := parse(traceparent); ok {
		if p.sampled {
			s = t.begin(name, Server, p.trace, p.span)
		}
	} else if t.lucky() {
		s = t.begin(name, Server, [16]byte{}, [8]byte{})
	}
	return context.WithValue(ctx, key{}, s), s
}

// Start begins work below that of ctx, or a trace of its own where ctx knows of no
// decision.
func (t *Tracer) Start(ctx context.Context, name string, kind Kind) (context.Context, *Span) {
	if t == nil {
		return ctx, nil
	}
	above, decided := ctx.Value(key{}).(*Span)
	var s *Span
	switch {
	case above != nil:
		s = t.begin(name, kind, above.trace, above.id)
	case !decided && t.lucky():
		s = t.begin(name, kind, [16]byte{}, [8]byte{})
	}
	return context.WithValue(ctx, key{}, s), s
}

// Below is Start for work that is worth a span only as a part of another.
func (t *Tracer) Below(ctx context.Context, name string, kind Kind) (context.Context, *Span) {
	if t == nil {
		return ctx, nil
	}
	if above, _ := ctx.Value(key{}).(*Span); above == nil {
		return ctx, nil
	}
	return t.Start(ctx, name, kind)
}

// Of is the span of ctx; nil if there is none.
func Of(ctx context.Context) *Span {
	s, _ := ctx.Value(key{}).(*Span)
	return s
}

// Is reports whether there is a span, and it is of this kind.
func (s *Span) Is(kind Kind) bool { return s != nil && s.kind == kind }

// Rename is for a name that is known at the end only.
func (s *Span) Rename(name string) {
	if s != nil {
		s.name = name
	}
}

// Set adds a text. The empty one is left out.
func (s *Span) Set(key, text string) {
	if s != nil && text != "" {
		s.attributes = append(s.attributes, attribute{key: key, text: text})
	}
}

// SetNumber adds a number.
func (s *Span) SetNumber(key string, n int64) {
	if s != nil {
		s.attributes = append(s.attributes, attribute{key: key, number: n, isNumber: true})
	}
}

// Fail marks the work as failed.
func (s *Span) Fail() {
	if s != nil {
		s.failed = true
	}
}

// End ends the work and hands the span over. The span must not be used any more.
func (s *Span) End() {
	if s != nil {
		s.took = time.Since(s.began)
		s.tracer.hand(s)
	}
}
