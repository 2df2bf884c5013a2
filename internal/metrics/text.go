package metrics

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The types of what Serve answers.
const (
	plainType       = "text/plain; version=0.0.4; charset=utf-8"
	openMetricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8"
)

// readTimeout bounds what is asked for while somebody reads.
const readTimeout = 2 * time.Second

// Serve answers a scrape, as OpenMetrics to whoever asks for that.
func (r *Registry) Serve(w http.ResponseWriter, req *http.Request) error {
	t := &text{open: strings.Contains(req.Header.Get("Accept"), "application/openmetrics-text")}
	ctx, cancel := context.WithTimeout(req.Context(), readTimeout)
	defer cancel()
	for _, s := range r.sources {
		s.write(ctx, t)
	}
	kind := plainType
	if t.open {
		kind = openMetricsType
		t.b = append(t.b, "# EOF\n"...)
	}
	w.Header().Set("Content-Type", kind)
	_, err := w.Write(t.b)
	return err
}

// text is an exposition in the making.
type text struct {
	b    []byte
	open bool // OpenMetrics
}

// head writes the lines before the first series. OpenMetrics names a family of
// counters without the suffix of its series.
func (t *text) head(f *Family) {
	name, help := f.Name, strings.NewReplacer(`\`, `\\`, "\n", `\n`).Replace(f.Help)
	if t.open {
		help = escape(f.Help) // quotes too
	}
	if t.open && f.Kind == KindCounter {
		name = strings.TrimSuffix(name, "_total")
	}
	t.b = append(t.b, "# HELP "+name+" "+help+"\n# TYPE "+name+" "+string(f.Kind)+"\n"...)
}

// line writes one value: name{labels} value.
func (t *text) line(f *Family, suffix string, l []string, le string, value float64) {
	t.b = append(t.b, f.Name+suffix...)
	between := byte('{')
	pair := func(name, value string) {
		t.b = append(t.b, between)
		t.b = append(t.b, name+`="`+escape(value)+`"`...)
		between = ','
	}
	for i, name := range f.Labels {
		pair(name, l[i])
	}
	if le != "" {
		pair("le", le)
	}
	if between == ',' {
		t.b = append(t.b, '}')
	}
	t.b = append(t.b, ' ')
	t.b = append(t.b, number(value)...)
	t.b = append(t.b, '\n')
}

func number(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return strconv.FormatInt(int64(v), 10)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// escape is for label values.
func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`).Replace(strings.ToValidUTF8(s, "?"))
}

func (c Counters) write(_ context.Context, t *text) {
	t.head(&c.Family)
	for _, l := range c.sorted() {
		t.line(&c.Family, "", l[:], "", float64(c.get(l).Value()))
	}
}

func (h Histograms) write(_ context.Context, t *text) {
	t.head(&h.Family)
	for _, l := range h.sorted() {
		one, count := h.get(l), int64(0)
		if one.empty() {
			continue // made ahead of time, for nobody so far
		}
		for i := range one.buckets {
			le := "+Inf"
			if i < len(one.bounds) {
				le = strconv.FormatFloat(one.bounds[i].Seconds(), 'g', -1, 64)
			}
			count += one.buckets[i].Load()
			t.line(&h.Family, "_bucket", l[:], le, float64(count))
		}
		t.line(&h.Family, "_sum", l[:], "", time.Duration(one.sum.Load()).Seconds())
		t.line(&h.Family, "_count", l[:], "", float64(count))
	}
}

func (a *asked) write(ctx context.Context, t *text) {
	begun := false
	a.read(ctx, func(value float64, labels ...string) {
		if !begun {
			t.head(&a.Family)
			begun = true
		}
		t.line(&a.Family, "", labels, "", value)
	})
}
