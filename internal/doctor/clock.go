package doctor

import (
	"context"
	"time"

	"idp/internal/oidc"
)

// From these differences on, times of links and tokens are off, or wrong.
const (
	clockWarning = 30 * time.Second
	clockProblem = 5 * time.Minute
)

const setClocks = "let both machines follow a time server (timedatectl set-ntp true, or chrony)"

// checkClock compares this machine's clock with those of the server behind the
// issuer, or the proxy in front of it, and of the database.
func (s *Subject) checkClock(ctx context.Context) (found []Finding) {
	if a, err := s.ask(ctx, oidc.PathOpenID, nil); err == nil && !a.date().IsZero() {
		// The Date is cut to the second, and was written while the answer was under way.
		found = append(found, differs("the server's", a.date().Add(500*time.Millisecond), s.Now().Add(-a.took/2)))
	}
	before := s.Now()
	if at, err := s.Database.Clock(ctx); err == nil && !at.IsZero() {
		after := s.Now()
		found = append(found, differs("the database's", at, before.Add(after.Sub(before)/2)))
	}
	if len(found) == 0 {
		found = append(found, note("", "nobody said what time it is"))
	}
	return found
}

func differs(whose string, theirs, ours time.Time) Finding {
	d := theirs.Sub(ours).Round(time.Second)
	way := "ahead of"
	if d < 0 {
		d, way = -d, "behind"
	}
	switch {
	case d > clockProblem:
		return problem(setClocks, "%s clock is %v %s this machine's", whose, d, way)
	case d > clockWarning:
		return warning(setClocks, "%s clock is %v %s this machine's", whose, d, way)
	default:
		return ok("%s clock agrees with this machine's", whose)
	}
}
