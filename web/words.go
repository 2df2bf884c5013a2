package web

import (
	"fmt"
	"net/url"
	"strings"
	"time"
)

// clock shows a point in time with its zone, and with the day unless that is
// today. It reads well as it stands; app.js turns it into the reader's own clock.
func clock(t, now time.Time) string {
	t, now = t.UTC(), now.UTC()
	switch {
	case t.YearDay() == now.YearDay() && t.Year() == now.Year():
		return t.Format("15:04 MST")
	case t.Year() == now.Year():
		return t.Format("2 Jan, 15:04 MST")
	}
	return t.Format("2 Jan 2006, 15:04 MST")
}

func iso(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// until says how far away a time is: "in 4 minutes". It stands only where a
// countdown takes over from it.
func until(t, now time.Time) string {
	d := t.Sub(now)
	if d < time.Second {
		return "now"
	}
	return "in " + span(d)
}

func span(d time.Duration) string {
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		if n := int64((d + u.unit/2) / u.unit); d >= u.unit {
			if n == 1 {
				return "1 " + u.name
			}
			return fmt.Sprintf("%d %ss", n, u.name)
		}
	}
	return "a moment"
}

// maskAddress hides most of an address from whoever looks at a page in another
// browser than the one that asked. The word joiner keeps it from being broken
// behind the dots.
func maskAddress(addr string) string {
	local, domain, _ := strings.Cut(addr, "@")
	if local == "" {
		return ""
	}
	return local[:1] + "…\u2060@" + domain
}

// hostOf is the host of a URI, for showing where something leads.
func hostOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return ""
	}
	if u.Host == "" {
		return u.Scheme + ":"
	}
	return u.Host
}
