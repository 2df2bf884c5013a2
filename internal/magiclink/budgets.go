package magiclink

import (
	"context"
	"time"

	"idp/internal/idp"
)

// meters are the budgets of the whole installation.
type meters struct {
	sends, unknown, wrong, right *meter
}

func (s *Service) newMeters() meters {
	l := s.settings.Limits
	window := []Rate{{1, l.LongCodesAbove.Window}}
	return meters{
		sends:   newMeter(s.keys, "send_per_instance", l.SendPerInstance),
		unknown: newMeter(s.keys, "send_unknown", []Rate{l.SendUnknown}),
		wrong:   newMeter(s.keys, "wrong_codes", window),
		right:   newMeter(s.keys, "right_codes", window),
	}
}

func (m *meters) all() []*meter { return []*meter{m.sends, m.unknown, m.wrong, m.right} }

// due returns what the meters have to write down; lost must be called if that
// failed.
func (m *meters) due(now time.Time, request bool) (counts []Count, lost func()) {
	var failed []func()
	for _, one := range m.all() {
		c, undo := one.due(now, request)
		counts, failed = append(counts, c...), append(failed, undo)
	}
	return counts, func() {
		for _, undo := range failed {
			undo()
		}
	}
}

// Recipient is what the store knows of an address that a mail is asked for.
type Recipient struct {
	Known       bool // somebody proved it before
	Disabled    bool // and may not sign in any more
	KnownDomain bool // somebody proved an address of its domain
	// NewDomainFull says that the budget of a domain that is not known is used up.
	NewDomainFull bool
	// Unmarked says that the mark of Admission.Marked is no longer good.
	Unmarked bool
}

// Admission is what a request for a mail has to pass.
type Admission struct {
	Counts []Count
	// NewDomain is counted, in the same round trip, where nobody proved an address
	// of the recipient's domain; nil for nothing. A round trip of its own would show
	// in the time of the answer.
	NewDomain *Count
	// Marked is when the mark was made by which Counts are those of a known browser;
	// zero if they are not. If the recipient has no marks of that age any more,
	// Unmarked is counted in their place.
	Marked   time.Time
	Unmarked []Count
	// Judge is asked once Counts have room. It says whether the mail goes out; an
	// error refuses the request and gives Counts back.
	Judge func(context.Context, Recipient) (send bool, err error)
}

// sendCounts are the budgets that a mail is counted against. A browser that is
// known for the address has its own, so that whoever spends those of the address
// does not keep its owner out. They depend on nothing but the challenge: what it
// took can be given back, and another mail of it counts like the first.
func (s *Service) sendCounts(c *Challenge) []Count {
	l, email, network := s.settings.Limits, mailboxOf(c.Email), networkOf(c.IP)
	if c.KnownAs != "" {
		return s.counts("send_per_known_browser", l.SendPerKnownBrowser, c.Email, c.KnownAs)
	}
	counts := s.counts("send_per_address", l.SendPerAddress, email)
	counts = append(counts, s.counts("send_per_address_ip", l.SendPerAddressIP, email, network)...)
	return append(counts, s.counts("send_per_ip", l.SendPerIP, network)...)
}

// newDomain is the budget of an address whose domain nobody proved; nil if there is
// none.
func (s *Service) newDomain(email string) *Count {
	if s.settings.Limits.SendPerNewDomain.Max == 0 {
		return nil
	}
	return &s.counts("send_per_new_domain", []Rate{s.settings.Limits.SendPerNewDomain}, domainOf(email))[0]
}

// judge decides over a mail by what only the store knows. Its budgets depend on
// who the recipient is, so none of them may show in an answer: where there is no
// room the pages go on as always, and no mail goes out.
func (s *Service) judge(email, clientID string, known, worked bool, r Recipient, now time.Time) bool {
	m, l := &s.meters, s.settings.Limits
	switch {
	case r.Disabled || !s.MayReceive(email, clientID, r.Known):
		return false
	case r.Known || known:
		m.sends.add(1, now)
		return true
	}
	if r.NewDomainFull {
		return s.hold("send_per_new_domain")
	}
	if _, ok := m.sends.has(100-l.SendReserve, now); !ok {
		return s.hold("send_reserve")
	}
	if _, ok := m.unknown.take(100, now); !ok && !worked {
		return s.hold("send_unknown")
	}
	m.sends.add(1, now)
	return true
}

// hold tells of a mail that a limit holds back, and that it is not sent.
func (s *Service) hold(limit string) (send bool) {
	if s.held != nil {
		s.held(limit)
	}
	return false
}

// full says that the installation sends no more mails for now, to whoever they
// are. Browsers that are known for their address go on.
func (s *Service) full(now time.Time) error {
	if until, ok := s.meters.sends.has(100, now); !ok {
		return &idp.LimitedError{Limit: s.meters.sends.name, RetryAt: until}
	}
	return nil
}
