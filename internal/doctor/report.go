package doctor

import (
	"context"
	"slices"
	"time"
)

// Severity says how much a finding matters.
type Severity string

// The severities, from nothing to what keeps people from signing in.
const (
	OK      Severity = "ok"
	Note    Severity = "note"
	Warning Severity = "warning"
	Problem Severity = "problem"
)

// Finding is one thing that a check saw.
type Finding struct {
	Check    string   `json:"check"`
	Severity Severity `json:"severity"`
	Seen     string   `json:"seen"`
	Fix      string   `json:"fix,omitempty"` // what to do about it; "" where there is nothing to do
}

// Check looks at one thing. Run returns at least one finding, whose Check need not be
// filled in.
type Check struct {
	Name    string
	Network bool // it needs more than the configuration
	Run     func(ctx context.Context) []Finding
}

// Report is what all checks saw, in their order.
type Report struct {
	Findings []Finding        `json:"findings"`
	Count    map[Severity]int `json:"count"`
}

// patience bounds one check.
const patience = 20 * time.Second

// Run runs the checks, one after the other.
func Run(ctx context.Context, checks []Check) *Report {
	r := &Report{Findings: []Finding{}, Count: map[Severity]int{OK: 0, Note: 0, Warning: 0, Problem: 0}}
	for _, c := range checks {
		limited, cancel := context.WithTimeout(ctx, patience)
		r.add(c.Name, c.Run(limited))
		cancel()
	}
	return r
}

func (r *Report) add(name string, findings []Finding) {
	for _, f := range findings {
		f.Check = name
		r.Findings = append(r.Findings, f)
		r.Count[f.Severity]++
	}
}

// Offline leaves out the checks that need more than the configuration.
func Offline(checks []Check) []Check {
	return slices.DeleteFunc(slices.Clone(checks), func(c Check) bool { return c.Network })
}
