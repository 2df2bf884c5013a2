package magiclink

import (
	"slices"
	"strconv"
	"time"

	"idp/internal/secret"
)

// MaxWindows is how many windows one budget can have.
const MaxWindows = 3

// Count is one use of a budget: the counter Key may reach Max of each rate in
// its window. All windows are counted in one row.
type Count struct {
	Key   string // an HMAC: the table of counters names nobody
	Name  string // as in the configuration
	Rates []Rate // at most MaxWindows, the longest window first
	// Block, if it is not 0, takes that many uses at once, for somebody who deals
	// them out. Took hears what was counted before and never limits.
	Block int
	Took  func([]Taken)
}

// Taken is what one window of a counter holds after a Block was added.
type Taken struct {
	Count int
	Ends  time.Time
}

const (
	counterLabel = "counter"
	// keyLength keeps 128 bits of the HMAC, which is enough to tell budgets apart.
	keyLength = 27
)

// NewCount is one use of the budget name by whatever values say: an address, a
// network, a browser.
func NewCount(k *secret.Keyring, name string, r Rate, values ...string) Count {
	return NewCounts(k, name, []Rate{r}, values...)[0]
}

// NewCounts is NewCount for a budget with several windows; none, if it has none.
// The windows are part of the key, because a row does not say which they are.
func NewCounts(k *secret.Keyring, name string, rates []Rate, values ...string) []Count {
	if len(rates) == 0 {
		return nil
	}
	sorted := slices.Clone(rates)
	slices.SortFunc(sorted, func(a, b Rate) int { return int((b.Window - a.Window) / time.Second) })
	parts := make([]string, 0, 1+len(sorted)+len(values))
	parts = append(parts, name)
	for _, r := range sorted {
		parts = append(parts, strconv.FormatInt(int64(r.Window/time.Second), 10))
	}
	return []Count{{Key: k.MAC(counterLabel, append(parts, values...)...)[:keyLength], Name: name, Rates: sorted}}
}

func (s *Service) counts(name string, rates []Rate, values ...string) []Count {
	return NewCounts(s.keys, name, rates, values...)
}

func (s *Service) sendCounts(email, network string) []Count {
	l := s.settings.Limits
	counts := s.counts("send_per_address", l.SendPerAddress, email)
	counts = append(counts, s.counts("send_per_address_ip", l.SendPerAddressIP, email, network)...)
	return append(counts, s.counts("send_per_ip", l.SendPerIP, network)...)
}
