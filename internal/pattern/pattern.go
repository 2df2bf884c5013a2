package pattern

import (
	"regexp"
	"sync"
)

// Lazy returns a function that compiles expr when it is first called, and panics then if
// it is none.
func Lazy(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
