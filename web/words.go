package web

import (
	"net/url"
	"strings"
	"time"

	"idp/internal/words"
)

// clock shows a point in time with its zone, and with the day unless that is
// today. It reads well as it stands; app.js turns it into the reader's own clock.
func (s speaker) clock(t, now time.Time) (string, error) {
	t, now = t.UTC(), now.UTC()
	hour := t.Format("15:04")
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return s.Text(words.Say("time.today", "hour", hour))
	}
	months, err := s.Text(words.Say("months"))
	if err != nil {
		return "", err
	}
	month := strings.Fields(months)[t.Month()-1] // a language is loaded with twelve
	if t.Year() == now.Year() {
		return s.Text(words.Say("time.day", "day", t.Day(), "month", month, "hour", hour))
	}
	return s.Text(words.Say("time.year", "day", t.Day(), "month", month, "year", t.Year(), "hour", hour))
}

func iso(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// until says how far away a time is: "in 4 minutes". It stands only where a
// countdown takes over from it.
func (s speaker) until(t time.Time) (string, error) {
	d := t.Sub(s.now())
	for _, u := range []struct {
		unit time.Duration
		key  string
	}{{24 * time.Hour, "in.days"}, {time.Hour, "in.hours"}, {time.Minute, "in.minutes"}, {time.Second, "in.seconds"}} {
		if d >= u.unit {
			return s.Text(words.Say(u.key, "n", int((d+u.unit/2)/u.unit)))
		}
	}
	return s.Text(words.Say("now"))
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
