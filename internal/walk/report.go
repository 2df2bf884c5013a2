package walk

import (
	"fmt"
	"io"
	"strings"

	"idp/internal/idp"
)

// State is what became of a step.
type State string

// The states of steps.
const (
	OK      State = "ok"
	Skipped State = "skipped" // it cannot be tried, or need not
	Failed  State = "failed"
)

// Step is one thing that was tried.
type Step struct {
	Name   string `json:"step"`
	State  State  `json:"state"`
	Detail string `json:"detail"`
	// Of a failed one: what to change, the YAML path, its file and line.
	Change  string `json:"change,omitempty"`
	Setting string `json:"setting,omitempty"`
	Where   string `json:"where,omitempty"`
}

// Report is the whole walk. It ends with the first step that failed, if any.
type Report struct {
	Client  string `json:"client"`
	Steps   []Step `json:"steps"`
	Refused int    `json:"refused"` // requests that the server refused as it should: idp explain lists them
}

// OK reports whether nothing failed.
func (r *Report) OK() bool {
	return len(r.Steps) == 0 || r.Steps[len(r.Steps)-1].State != Failed
}

// Text writes the report for people.
func (r *Report) Text(w io.Writer) error {
	var b strings.Builder
	for _, s := range r.Steps {
		fmt.Fprintf(&b, "%-8s %-22s %s\n", s.State, s.Name, s.Detail)
		if s.Change != "" {
			fmt.Fprintf(&b, "%32schange: %s\n", "", s.Change)
		}
		if s.Setting != "" {
			fmt.Fprintf(&b, "%32ssetting: %s", "", s.Setting)
			if s.Where != "" {
				fmt.Fprintf(&b, " (%s)", s.Where)
			}
			b.WriteString("\n")
		}
	}
	if r.Refused > 0 {
		fmt.Fprintf(&b, "\n%s refused on purpose; idp explain lists that too.\n", idp.Count(r.Refused, "request"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
