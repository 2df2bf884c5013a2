package metrics

import (
	"context"
	"slices"
	"sync/atomic"
	"time"
)

// Registry knows all families. They are added while the program is put together,
// before anything is read.
type Registry struct{ sources []source }

// source is a family that can tell its values.
type source interface {
	describe() Family
	write(ctx context.Context, t *text)
}

// New makes an empty registry.
func New() *Registry { return &Registry{} }

func (r *Registry) add(s source) {
	at, name := 0, s.describe().Name
	for at < len(r.sources) && r.sources[at].describe().Name < name {
		at++
	}
	if at < len(r.sources) && r.sources[at].describe().Name == name {
		panic("metrics: " + name + " is there twice")
	}
	r.sources = slices.Insert(r.sources, at, s)
}

// Families describes all families, by name.
func (r *Registry) Families() []Family {
	out := make([]Family, 0, len(r.sources))
	for _, s := range r.sources {
		out = append(out, s.describe())
	}
	return out
}

// Counters adds a family of counters, whose name must end in _total.
func (r *Registry) Counters(name, help string, labels ...string) Counters {
	c := Counters{newFamily(Family{name, help, KindCounter, labels}, func() *Counter { return &Counter{} })}
	r.add(c)
	return c
}

// Counter adds a counter without labels.
func (r *Registry) Counter(name, help string) *Counter { return r.Counters(name, help).With("") }

// Histograms adds a family of histograms over these bounds, ascending; its name
// must end in _seconds.
func (r *Registry) Histograms(name, help string, bounds []time.Duration, labels ...string) Histograms {
	h := Histograms{newFamily(Family{name, help, KindHistogram, labels}, func() *Histogram {
		return &Histogram{bounds: bounds, buckets: make([]atomic.Int64, len(bounds)+1)}
	})}
	r.add(h)
	return h
}

// Emit tells one value of a family, with the values of its labels.
type Emit func(value float64, labels ...string)

// Read adds a family whose values are asked for each time somebody reads. A read
// that emits nothing leaves the family out: what is not known is not told as 0.
func (r *Registry) Read(f Family, read func(context.Context, Emit)) { r.add(&asked{f, read}) }

type asked struct {
	Family
	read func(context.Context, Emit)
}

func (a *asked) describe() Family { return a.Family }
