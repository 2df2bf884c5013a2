package prove

import (
	"fmt"
	"os"
	"strconv"
	"testing"
)

// Switch is the environment variable that turns on the long forms: 1 for their
// whole length, 0.1 for a tenth of it.
const Switch = "IDP_PROVE"

// Mark stands in front of a figure in the output of a test.
const Mark = "figure: "

// Between parts what was done from what came of it.
const Between = " => "

// Long reports whether the long forms are asked for.
func Long() bool { return share() > 0 }

// share is how much of their length; 0 for the short forms.
func share() float64 {
	f, err := strconv.ParseFloat(os.Getenv(Switch), 64)
	if err != nil || f < 0 {
		return 0
	}
	return f
}

// Count is how often a laboratory does what it does: short, or the share of long
// that is asked for, which is never less.
func Count(short, long int) int { return max(short, int(share()*float64(long))) }

// Figure writes down what a laboratory did, with its counts, and what came of it. Of a test
// that failed there is nothing to tell.
func Figure(t testing.TB, did, result string, args ...any) {
	t.Helper()
	if t.Failed() {
		return
	}
	t.Log(Mark + did + Between + fmt.Sprintf(result, args...))
}
