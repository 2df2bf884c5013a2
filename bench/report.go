package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"idp/bench/load"
	"idp/bench/proc"
)

// report is all that was measured. Pairs are product and floor.
type report struct {
	rows        []row
	ready       [2]time.Duration
	size        [2]int64
	idle, after [2]proc.Memory
	beside      bool // the product itself is in the place of the floor, and has no goals
}

func (r *report) other() string {
	if r.beside {
		return "beside"
	}
	return "floor"
}

type row struct {
	counts  [2]perOperation
	figures [2]figures
}

// A neighbour that takes the processors for a second spoils some rounds. The
// median leaves them out, and a ratio is taken between rounds that follow each
// other before it is.
func (f *figures) median(of func(round) float64) float64 {
	values := make([]float64, 0, len(f.rounds))
	for _, r := range f.rounds {
		values = append(values, of(r))
	}
	return median(values)
}

func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

func rate(r round) float64   { return r.rate }
func total(r round) float64  { return r.server + r.database }
func server(r round) float64 { return r.server }
func inside(r round) float64 { return r.database }
func logged(r round) float64 { return r.wal }

// times is how often the floor's figure goes into the product's.
func (r *row) times(of func(round) float64) float64 {
	a, b := r.figures[product].rounds, r.figures[floor].rounds
	ratios := make([]float64, len(a))
	for i := range a {
		ratios[i] = of(a[i]) / of(b[i])
	}
	return median(ratios)
}

// write prints the tables and reports whether a goal was missed.
func (r *report) write(out io.Writer, ops []operation) (missed bool) {
	w := table(out)
	fmt.Fprintf(w, "%-18s\tops/s\t%[2]s\t×\tp50, p99 ms\t%[2]s\tSQL, commits\t%[2]s\tCPU ms server + database\t%[2]s\tCPU ×\tgoal\t\t\n", "operation", r.other())
	for n, op := range ops {
		row := &r.rows[n]
		a, b := &row.figures[product], &row.figures[floor]
		slices.Sort(a.latencies)
		slices.Sort(b.latencies)
		times := row.times(total)
		goal, word := "", ""
		if op.goal > 0 && !r.beside {
			goal, word = fmt.Sprintf("%.1f", op.goal), verdict(times <= op.goal, &missed)
		}
		fmt.Fprintf(w, "%-18s\t%.0f\t%.0f\t%.2f\t%s\t%s\t%s\t%s\t%s\t%s\t%.2f\t%s\t%s\t\n", op.name,
			a.median(rate), b.median(rate), row.times(rate), a.took(), b.took(), row.counts[product], row.counts[floor], a.cost(), b.cost(), times, goal, word)
	}
	w.Flush() // standard output
	r.writeProcess(out, &missed)
	return missed
}

func table(out io.Writer) *tabwriter.Writer {
	return tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
}

// took are the median and the 99th percentile; the latencies must be sorted.
func (f *figures) took() string {
	return fmt.Sprintf("%.2f, %4.1f", ms(load.Percentile(f.latencies, 0.5)), ms(load.Percentile(f.latencies, 0.99)))
}

func (f *figures) cost() string {
	return fmt.Sprintf("%.3f + %.3f", f.median(server), f.median(inside))
}

// String shows whole numbers as such: a fraction is what the target does on its
// own, or not every time.
func (c perOperation) String() string { return fmt.Sprintf("%.3g, %.2g", c.statements, c.commits) }

// writeProcess prints what is about the process as a whole.
func (r *report) writeProcess(out io.Writer, missed *bool) {
	const mib = 1 << 20
	w := table(out)
	fmt.Fprintf(w, "\n%-32s\tidp\t%s\tgoal\t\t\n", "process", r.other())
	for _, l := range []struct {
		name       string
		idp, floor float64
		goal       float64
	}{
		{"first answer after start, ms", ms(r.ready[product]), ms(r.ready[floor]), 60},
		{"memory when idle, MiB", float64(r.idle[product].Now) / mib, float64(r.idle[floor].Now) / mib, 25},
		{"memory after all this, MiB", float64(r.after[product].Now) / mib, float64(r.after[floor].Now) / mib, 45},
		{"memory at most, MiB", float64(r.after[product].Peak) / mib, float64(r.after[floor].Peak) / mib, 0},
		{"binary without symbols, MB", float64(r.size[product]) / 1e6, float64(r.size[floor]) / 1e6, 25},
	} {
		goal, word := "", ""
		if l.goal > 0 && !r.beside {
			goal, word = fmt.Sprintf("%.0f", l.goal), verdict(l.idp <= l.goal, missed)
		}
		fmt.Fprintf(w, "%-32s\t%.1f\t%.1f\t%s\t%s\t\n", l.name, l.idp, l.floor, goal, word)
	}
	w.Flush() // standard output
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func verdict(good bool, missed *bool) string {
	if good {
		return "pass"
	}
	*missed = true
	return "FAIL"
}
