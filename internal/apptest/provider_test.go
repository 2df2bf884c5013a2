package apptest_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/testdb"
)

// failing is a test that notes why it fails, and ends.
type failing struct {
	testing.TB
	said    string
	cleanup []func()
}

func (f *failing) Cleanup(do func()) { f.cleanup = append(f.cleanup, do) }

func (f *failing) Fatal(args ...any) {
	f.said = fmt.Sprint(args...)
	runtime.Goexit()
}

// run does something as a test of its own and returns when it is cleaned up.
func (f *failing) run(do func(t testing.TB)) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		do(f)
	}()
	<-done
	for i := len(f.cleanup) - 1; i >= 0; i-- {
		f.cleanup[i]()
	}
}

// A configuration that cannot be read fails the test with its fault, and does not
// wait for servers that nobody began to use.
func TestNewFailsWithTheFault(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // the mail server's goroutine comes late
	for range 20 {
		f := &failing{TB: t}
		f.run(func(t testing.TB) { apptest.New(t, testdb.URL(t, "sqlite"), apptest.Settings("\nnothing: {x\n")) })
		if !strings.Contains(f.said, "cannot be read as YAML") {
			t.Fatalf("it says %q", f.said)
		}
	}
}
