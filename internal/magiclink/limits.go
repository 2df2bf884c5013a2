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

func (s *Service) sendCounts(email, network string) []Count {
	l := s.settings.Limits
	counts := s.counts("send_per_address", l.SendPerAddress, email)
	counts = append(counts, s.counts("send_per_address_ip", l.SendPerAddressIP, email, network)...)
	return append(counts, s.counts("send_per_ip", l.SendPerIP, network)...)
}
