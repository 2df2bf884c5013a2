package web

import (
	"fmt"
	"net/url"
	"strings"
	"time"
)

// clock shows a time of day; the script in app.js turns it into the reader's own.
func clock(t time.Time) string { return t.UTC().Format("15:04") + " UTC" }

func iso(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// until says how far away a time is: "in 4 minutes".
func until(t, now time.Time) string {
	d := t.Sub(now)
	if d < time.Second {
		return "now"
	}
	return "in " + span(d)
}

// ago says how long a time is past: "4 minutes ago".
func ago(t, now time.Time) string {
	d := now.Sub(t)
	if d < time.Minute {
		return "just now"
	}
	return span(d) + " ago"
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
// browser than the one that asked.
func maskAddress(addr string) string {
	local, domain, _ := strings.Cut(addr, "@")
	if local == "" {
		return ""
	}
	return local[:1] + "…@" + domain
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
