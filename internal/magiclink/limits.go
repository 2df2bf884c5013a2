package magiclink

import (
	"strconv"
	"time"

	"idp/internal/secret"
)

// Count is one use of a budget: the counter Key may reach Max in Window.
type Count struct {
	Key    string // an HMAC: the table of counters names nobody
	Name   string // as in the configuration
	Max    int
	Window time.Duration
}

const counterLabel = "counter"

func (s *Service) counts(name string, rates []Rate, values ...string) []Count {
	counts := make([]Count, 0, len(rates))
	for _, r := range rates {
		counts = append(counts, NewCount(s.keys, name, r, values...))
	}
	return counts
}

// NewCount is one use of the budget name by whatever values say: an address, a
// network, a browser.
func NewCount(k *secret.Keyring, name string, r Rate, values ...string) Count {
	window := strconv.FormatInt(int64(r.Window/time.Second), 10)
	parts := append([]string{name, window}, values...)
	return Count{k.MAC(counterLabel, parts...), name, r.Max, r.Window}
}

// codeCounts are the budgets of a typed code: those of the network alone, and all.
func (s *Service) codeCounts(email, network string) (ofNetwork, all []Count) {
	l := s.settings.Limits
	ofNetwork = s.counts("codes_per_ip", []Rate{l.CodesPerIP}, network)
	return ofNetwork, append(ofNetwork[:len(ofNetwork):len(ofNetwork)], s.counts("wrong_per_address", []Rate{l.WrongPerAddress}, email)...)
}

func (s *Service) sendCounts(email, network string) []Count {
	l := s.settings.Limits
	counts := s.counts("send_per_address", l.SendPerAddress, email)
	counts = append(counts, s.counts("send_per_address_ip", l.SendPerAddressIP, email, network)...)
	return append(counts, s.counts("send_per_ip", l.SendPerIP, network)...)
}
