package magiclink

import "slices"

// Succeed lets s go on where old is, in the same process: what old counted for the
// whole installation stays counted, and codes stay long if they are. It must be
// called before s is used. Budgets that changed are read from the store again.
func (s *Service) Succeed(old *Service) {
	s.meters.sends = heir(s.meters.sends, old.meters.sends)
	s.meters.unknown = heir(s.meters.unknown, old.meters.unknown)
	s.meters.wrong = heir(s.meters.wrong, old.meters.wrong)
	s.meters.right = heir(s.meters.right, old.meters.right)
	old.strength.mu.Lock()
	defer old.strength.mu.Unlock()
	s.strength.raised, s.strength.until = old.strength.raised, old.strength.until
}

// heir is the old meter if it counts the same, because its sums are exact.
func heir(fresh, old *meter) *meter {
	if slices.Equal(fresh.key.Rates, old.key.Rates) {
		return old
	}
	return fresh
}
