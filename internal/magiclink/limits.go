package magiclink

import (
	"strconv"
	"time"
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
		window := strconv.FormatInt(int64(r.Window/time.Second), 10)
		parts := append([]string{name, window}, values...)
		counts = append(counts, Count{s.keys.MAC(counterLabel, parts...), name, r.Max, r.Window})
	}
	return counts
}

func (s *Service) sendCounts(email, network string) []Count {
	l := s.settings.Limits
	counts := s.counts("send_per_address", l.SendPerAddress, email)
	counts = append(counts, s.counts("send_per_address_ip", l.SendPerAddressIP, email, network)...)
	return append(counts, s.counts("send_per_ip", l.SendPerIP, network)...)
}
