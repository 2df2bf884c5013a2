package demo

import (
	"fmt"
	"time"
)

// moment is a time as a page shows it: on the clock, and from now.
type moment struct {
	Machine  string // RFC 3339, for the datetime attribute; empty if there is no time
	Clock    string
	Relative string
	Past     bool
}

// newMoment writes t in the zone of now. A zero time gives the zero moment.
func newMoment(t, now time.Time) moment {
	if t.IsZero() {
		return moment{}
	}
	t = t.In(now.Location())
	clock := t.Format("2 Jan 2006, 15:04:05 MST")
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		clock = t.Format("15:04:05 MST")
	}
	return moment{
		Machine:  t.Format(time.RFC3339),
		Clock:    clock,
		Relative: relative(t.Sub(now)),
		Past:     t.Before(now),
	}
}

func relative(d time.Duration) string {
	if d.Abs() < 5*time.Second {
		return "now"
	}
	span := spell(d.Abs())
	if d < 0 {
		return span + " ago"
	}
	return "in " + span
}

// spell rounds a duration to its largest unit.
func spell(d time.Duration) string {
	count, unit := int(d.Round(time.Second)/time.Second), "second"
	switch {
	case d >= 36*time.Hour:
		count, unit = int(d.Round(24*time.Hour)/(24*time.Hour)), "day"
	case d >= 90*time.Minute:
		count, unit = int(d.Round(time.Hour)/time.Hour), "hour"
	case d >= 90*time.Second:
		count, unit = int(d.Round(time.Minute)/time.Minute), "minute"
	}
	if count != 1 {
		unit += "s"
	}
	return fmt.Sprintf("%d %s", count, unit)
}
