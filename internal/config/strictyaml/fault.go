package strictyaml

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// maxShown is how many faults Faults.Error prints before it only counts.
const maxShown = 100

// Position is a place in a YAML file. Line and Column start at 1 and count
// characters, not bytes. Path reads like clients[2].redirect_uris[0]; it is
// empty for the document as a whole.
type Position struct {
	File         string
	Line, Column int
	Path         string
}

// Fault is one thing wrong with the document. The message holds no value.
type Fault struct {
	Position
	Message string
}

// Error is the fault on one line: file:line:column: path: message.
func (f Fault) Error() string {
	var b strings.Builder
	if f.File != "" {
		b.WriteString(f.File + ":")
	}
	fmt.Fprintf(&b, "%d:%d: ", f.Line, f.Column)
	if f.Path != "" {
		b.WriteString(f.Path + ": ")
	}
	b.WriteString(f.Message)
	return b.String()
}

// Faults are all faults of one document. Use Err to return them as an error.
type Faults []Fault

// Error has one line for each fault, at most 100, then the count of the rest.
func (f Faults) Error() string {
	lines := make([]string, 0, min(len(f), maxShown)+1)
	for _, fault := range f[:min(len(f), maxShown)] {
		lines = append(lines, fault.Error())
	}
	if rest := len(f) - maxShown; rest > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", rest))
	}
	return strings.Join(lines, "\n")
}

// Err is nil when there is no fault; an empty Faults in an error would not be.
func (f Faults) Err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

// Sort orders the faults by line, then column. Decode has done so; a caller
// who adds faults of its own sorts again.
func (f Faults) Sort() {
	slices.SortStableFunc(f, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}
