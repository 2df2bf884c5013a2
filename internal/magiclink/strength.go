package magiclink

import (
	"math"
	"sync"
	"sync/atomic"
	"time"

	"idp/internal/idp"
)

// strength decides how long codes are. Six digits hold as long as the whole
// installation sees few wrong ones: with more, somebody guesses, and new mails
// carry eight characters until that has been over for a whole window. See
// docs/limits.md for the arithmetic.
type strength struct {
	trying  atomic.Int64 // codes that are being compared: they count as wrong, and say nothing yet
	mu      sync.Mutex
	raised  bool
	until   time.Time
	changed func(long bool, wrong int)
}

// OnCodeLength sets what is called when the length of new codes changes, and with
// how many wrong codes. It must be called before the service is used.
func (s *Service) OnCodeLength(changed func(long bool, wrong int)) { s.strength.changed = changed }

// OnHeld sets what is called with the name of a limit that holds a mail back
// without an answer showing it. It must be called before the service is used.
func (s *Service) OnHeld(held func(limit string)) { s.held = held }

// longCodes reports whether new mails carry long codes.
func (s *Service) longCodes(now time.Time) bool {
	l, st := s.settings.Limits, &s.strength
	if l.LongCodesAbove.Max == 0 {
		return false
	}
	wrong, right := s.meters.wrong.sum(now)-int(st.trying.Load()), s.meters.right.sum(now)
	st.mu.Lock()
	if wrong > l.LongCodesAbove.Max+right*l.LongCodesShare/100 {
		st.until = now.Add(l.LongCodesAbove.Window)
	}
	raised := now.Before(st.until)
	news := raised != st.raised
	st.raised = raised
	st.mu.Unlock()
	if news && st.changed != nil {
		st.changed(raised, wrong)
	}
	return raised
}

// compare counts a code that is about to be compared as a wrong one, and takes that back if
// it was right or was never compared. Once very many short codes were wrong, none is
// compared: who has one asks for a new mail, whose code is long, or uses the link.
func (s *Service) compare(code string, now time.Time, try func(matches func(Secret) bool) error) error {
	l := s.settings.Limits
	limit := math.MaxInt
	if len(code) == shortCode && l.WrongShortCodes > 0 {
		limit = l.WrongShortCodes
	}
	if !s.meters.wrong.below(limit, now) {
		return &idp.LimitedError{Limit: "wrong_short_codes", RetryAt: now.Add(l.LongCodesAbove.Window)}
	}
	compared := false
	err := s.strength.while(func() error {
		return try(func(sec Secret) bool { compared = true; return s.matches(sec, code) })
	})
	if err != nil && compared {
		s.longCodes(now) // looks at once, before the window with the wrong ones is over
		return err
	}
	s.meters.wrong.add(-1, now)
	if err == nil {
		s.meters.right.add(1, now)
	}
	return err
}

// while counts what is being compared.
func (st *strength) while(try func() error) error {
	st.trying.Add(1)
	defer st.trying.Add(-1)
	return try()
}
