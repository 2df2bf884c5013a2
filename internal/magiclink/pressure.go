package magiclink

// NeedsWork reports whether a browser must do some work before a mail to an
// address is asked for: while most of the installation's mails, or of those to
// strangers, are used up. It is the same for every address, known or not; a
// browser in which the address signed in before goes on freely.
func (s *Service) NeedsWork(email string, marks []string) bool {
	above := s.settings.Limits.WorkAbove
	if above == 0 || s.Known(email, marks) {
		return false
	}
	now := s.now()
	for _, m := range []*meter{s.meters.unknown, s.meters.sends} {
		if _, ok := m.has(above, now); !ok {
			return true
		}
	}
	return false
}
