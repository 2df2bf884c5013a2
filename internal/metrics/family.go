package metrics

import (
	"slices"
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

// Other is the value of a label that stands for all that have no series of their
// own.
const Other = "other"

const (
	maxLabels = 3
	maxSeries = 2000 // of one family
)

// labels are the values of a series, in the order of its family's label names.
type labels [maxLabels]string

// Kind is what Prometheus calls the type of a family.
type Kind string

// The kinds of families.
const (
	KindCounter   Kind = "counter"
	KindGauge     Kind = "gauge"
	KindHistogram Kind = "histogram"
)

// Family is what is known of all series of one name.
type Family struct {
	Name, Help string
	Kind       Kind
	Labels     []string
}

// family holds the series of one name.
type family[S any] struct {
	Family
	mu     sync.RWMutex
	series map[labels]*S
	make   func() *S
}

func newFamily[S any](f Family, one func() *S) *family[S] {
	if len(f.Labels) > maxLabels {
		panic("metrics: " + f.Name + " has too many labels")
	}
	out := &family[S]{Family: f, series: map[labels]*S{}, make: one}
	if len(f.Labels) == 0 {
		out.get(labels{}) // it is there from the start, as 0
	}
	return out
}

// get returns the series of these values, or the one of all others.
func (f *family[S]) get(l labels) *S {
	f.mu.RLock()
	s := f.series[l]
	f.mu.RUnlock()
	if s != nil {
		return s
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if s = f.series[l]; s != nil {
		return s
	}
	if len(f.series) >= maxSeries-1 {
		l = labels{}
		for i := range f.Labels {
			l[i] = Other
		}
		if s = f.series[l]; s != nil {
			return s
		}
	}
	s = f.make()
	f.series[l] = s
	return s
}

// sorted is the list of values that have a series, in a stable order.
func (f *family[S]) sorted() []labels {
	f.mu.RLock()
	defer f.mu.RUnlock()
	out := make([]labels, 0, len(f.series))
	for l := range f.series {
		out = append(out, l)
	}
	// Not slices.SortFunc: it is compiled anew for every type, which is 10 KB each.
	sort.Slice(out, func(i, j int) bool { return slices.Compare(out[i][:], out[j][:]) < 0 })
	return out
}

func (f *family[S]) describe() Family { return f.Family }

// Counter only grows. It is safe for concurrent use, as are all instruments.
type Counter struct{ n atomic.Int64 }

// Add counts n more, which must not be negative.
func (c *Counter) Add(n int64) { c.n.Add(n) }

// Inc counts one more.
func (c *Counter) Inc() { c.n.Add(1) }

// Value is the count.
func (c *Counter) Value() int64 { return c.n.Load() }

// Counters is a family of counters.
type Counters struct{ *family[Counter] }

// With returns the counter of these label values, in the order of the names.
func (c Counters) With(a string, more ...string) *Counter { return c.get(valuesOf(a, more)) }

// Histogram counts durations in buckets.
type Histogram struct {
	bounds  []time.Duration // ascending; a last bucket holds what is longer
	buckets []atomic.Int64
	sum     atomic.Int64 // nanoseconds
}

// Observe counts one duration.
func (h *Histogram) Observe(d time.Duration) {
	i := 0
	for i < len(h.bounds) && d > h.bounds[i] {
		i++
	}
	h.buckets[i].Add(1)
	h.sum.Add(int64(d))
}

func (h *Histogram) empty() bool {
	for i := range h.buckets {
		if h.buckets[i].Load() > 0 {
			return false
		}
	}
	return true
}

// Histograms is a family of histograms.
type Histograms struct{ *family[Histogram] }

// With returns the histogram of these label values, in the order of the names.
func (h Histograms) With(a string, more ...string) *Histogram { return h.get(valuesOf(a, more)) }

func valuesOf(a string, more []string) (l labels) {
	l[0] = a
	copy(l[1:], more)
	return l
}
