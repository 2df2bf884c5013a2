package magiclink

import (
	"slices"
	"strconv"
	"strings"
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
	// Names are those of Rates, where not all are called Name; "" is Name.
	Names []string
	// Block, if it is not 0, takes that many uses at once, for somebody who deals
	// them out. Took hears what was counted before and never limits.
	Block int
	Took  func([]Taken)
}

// Limit is the name, as in the configuration, of the window that a rate is for.
func (c *Count) Limit(rate int) string {
	if rate < len(c.Names) && c.Names[rate] != "" {
		return c.Names[rate]
	}
	return c.Name
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
	return newCount(k, name, []Rate{r}, values)
}

// NewCounts is NewCount for a budget with several windows; none, if it has none.
// A zero Rate is no limit. The windows are part of the key, because a row does not say which they are.
func NewCounts(k *secret.Keyring, name string, rates []Rate, values ...string) []Count {
	if rates = windows(rates); len(rates) == 0 {
		return nil
	}
	return []Count{newCount(k, name, rates, values)}
}

// sorted brings the windows that are counted for each mail into their order once.
func (l Limits) sorted() Limits {
	for _, rates := range []*[]Rate{&l.SendPerAddress, &l.SendPerAddressIP, &l.SendPerIP, &l.SendPerKnownBrowser} {
		*rates = windows(*rates)
	}
	return l
}

// windows are the rates that limit, the longest first.
func windows(rates []Rate) []Rate {
	longer := func(a, b Rate) int { return int((b.Window - a.Window) / time.Second) }
	unlimited := func(r Rate) bool { return r.Max == 0 }
	if !slices.ContainsFunc(rates, unlimited) && slices.IsSortedFunc(rates, longer) {
		return rates
	}
	rates = slices.DeleteFunc(slices.Clone(rates), unlimited)
	slices.SortFunc(rates, longer)
	return rates
}

func newCount(k *secret.Keyring, name string, sorted []Rate, values []string) Count {
	parts := make([]string, 0, 1+len(sorted)+len(values))
	parts = append(parts, name)
	for _, r := range sorted {
		parts = append(parts, strconv.FormatInt(int64(r.Window/time.Second), 10))
	}
	return Count{Key: k.MAC(counterLabel, append(parts, values...)...)[:keyLength], Name: name, Rates: sorted}
}

// mailboxOf is what limits count of an address: without a tag, which whoever asks
// may make up and which leads to the same mailbox nearly everywhere. Nothing but a
// budget is ever shared by that.
func mailboxOf(email string) string {
	local, domain, _ := strings.Cut(email, "@")
	if before, _, tagged := strings.Cut(local, "+"); tagged && before != "" {
		return before + "@" + domain
	}
	return email
}

// codesPerIP is the budget of codes in a network, the typed ones and the wrong ones:
// right ones are given back, so they are windows of one.
func codesPerIP(k *secret.Keyring, l *Limits, network string) []Count {
	counts := NewCounts(k, "codes_per_ip", append(slices.Clone(l.CodesPerIP), l.WrongPerIP), network)
	for i, c := range counts {
		counts[i].Names = make([]string, len(c.Rates))
		for j, r := range c.Rates {
			if r == l.WrongPerIP {
				counts[i].Names[j] = "wrong_per_ip"
			}
		}
	}
	return counts
}

func (s *Service) counts(name string, rates []Rate, values ...string) []Count {
	return NewCounts(s.keys, name, rates, values...)
}
