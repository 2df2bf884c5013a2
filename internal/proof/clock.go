package proof

import "errors"

// ErrClock says that the times in something signed do not fit ours: it is too old,
// or one of the two clocks is wrong.
var ErrClock = errors.New("the clocks differ, or it is too old")

// clockError is an ErrClock with its own words.
type clockError string

func (e clockError) Error() string { return string(e) }

// Is makes it an ErrClock.
func (clockError) Is(target error) bool { return target == ErrClock }
