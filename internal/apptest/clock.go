package apptest

import (
	"sync"
	"time"
)

// Clock is the provider's time. It starts at the real time, so that certificates
// and foreign libraries agree with it, and then moves only when it is told to or
// asked: each look adds a millisecond, because two things that happen after each
// other never happen at the same time.
type Clock struct {
	mu   sync.Mutex
	now  time.Time
	rest func() // waits until nothing is under way that a leap would cut off; nil for nothing
}

func newClock() *Clock { return &Clock{now: time.Now().UTC().Truncate(time.Second)} }

// Now returns the time and moves it on by a millisecond.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

// leap is as far as time never goes while a letter is handed over.
const leap = 20 * time.Second

// Advance moves the time on by d.
func (c *Clock) Advance(d time.Duration) {
	if d >= leap && c.rest != nil {
		c.rest()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
