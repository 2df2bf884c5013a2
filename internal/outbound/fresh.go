package outbound

import (
	"strconv"
	"strings"
	"time"
)

// Life bounds how long an answer is kept.
type Life struct {
	Usual             time.Duration // if the answer does not say
	Shortest, Longest time.Duration // whatever it says
}

// Of is how long the answer may be kept (RFC 9111 §4.2.1), within the bounds.
func (l Life) Of(a *Answer) time.Duration {
	keep := l.Usual
	for directive := range strings.SplitSeq(strings.Join(a.Header.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.ToLower(strings.TrimSpace(directive)), "=")
		switch name {
		case "no-store", "no-cache":
			return l.Shortest
		case "max-age":
			if n, err := strconv.Atoi(strings.Trim(value, `"`)); err == nil {
				keep = time.Duration(min(n, int(l.Longest/time.Second))) * time.Second
			}
		}
	}
	return min(max(keep, l.Shortest), l.Longest)
}
