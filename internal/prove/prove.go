package prove

import (
	"fmt"
	"os"
	"testing"
)

// Switch is the environment variable that turns on the long forms.
const Switch = "IDP_PROVE"

// Mark stands in front of a figure in the output of a test.
const Mark = "figure: "

// Between parts what was done from what came of it.
const Between = " => "

// Long reports whether the long forms are asked for.
func Long() bool { return os.Getenv(Switch) != "" }

// Count is how often a laboratory does what it does.
func Count(short, long int) int {
	if Long() {
		return long
	}
	return short
}

// Figure writes down what a laboratory did, with its counts, and what came of it. Of a test
// that failed there is nothing to tell.
func Figure(t testing.TB, did, result string, args ...any) {
	t.Helper()
	if t.Failed() {
		return
	}
	t.Log(Mark + did + Between + fmt.Sprintf(result, args...))
}
