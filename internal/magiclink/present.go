package magiclink

import (
	"context"
	"fmt"
	"time"

	"idp/internal/secret"
)

// Use is a window of a budget as it is now.
type Use struct {
	Limit  string // as in the configuration
	Of     string // whose it is: the installation, an address, a network
	Max    int
	Window time.Duration
	Used   int
	Ends   time.Time // zero while nothing is counted
}

// CounterReader reads counters.
type CounterReader interface {
	// Counters returns the windows of each budget, with no end where none runs.
	Counters(ctx context.Context, budgets []Count, now time.Time) (map[string][]Taken, error)
}

// Present lists every budget of mails and codes with its present use: those of the
// whole installation, and those of an address and a network where they are given.
// The use of one that has nobody named is -1.
func Present(ctx context.Context, store CounterReader, k *secret.Keyring, l Limits, email, network string, now time.Time) ([]Use, error) {
	type line struct {
		of    string
		count []Count
		known bool
	}
	hour := []Rate{{l.LongCodesAbove.Max, l.LongCodesAbove.Window}}
	meter := NewCounts(k, "wrong_codes", []Rate{{1, l.LongCodesAbove.Window}})
	for i := range meter {
		meter[i].Name, meter[i].Rates = "long_codes_above", hour
	}
	lines := []line{
		{"installation", NewCounts(k, "send_per_instance", l.SendPerInstance), true},
		{"installation", NewCounts(k, "send_unknown", []Rate{l.SendUnknown}), true},
		{"installation", meter, true},
		{"domain", NewCounts(k, "send_per_new_domain", []Rate{l.SendPerNewDomain}, domainOf(email)), email != ""},
		{"address", NewCounts(k, "send_per_address", l.SendPerAddress, mailboxOf(email)), email != ""},
		{"address", NewCounts(k, "wrong_per_address", []Rate{l.WrongPerAddress}, mailboxOf(email)), email != ""},
		{"address and network", NewCounts(k, "send_per_address_ip", l.SendPerAddressIP, mailboxOf(email), network), email != "" && network != ""},
		{"network", NewCounts(k, "send_per_ip", l.SendPerIP, network), network != ""},
		{"network", codesPerIP(k, &l, network), network != ""},
		{"browser", NewCounts(k, "send_per_known_browser", l.SendPerKnownBrowser, "", ""), false},
		{"browser", NewCounts(k, "codes_per_browser", []Rate{l.CodesPerBrowser}, ""), false},
	}
	var ask []Count
	for _, one := range lines {
		if one.known {
			ask = append(ask, one.count...)
		}
	}
	found, err := store.Counters(ctx, ask, now)
	if err != nil {
		return nil, fmt.Errorf("read budgets: %w", err)
	}
	var out []Use
	for _, one := range lines {
		for _, c := range one.count {
			for i, r := range c.Rates {
				u := Use{Limit: c.Limit(i), Of: one.of, Max: r.Max, Window: r.Window, Used: -1}
				if one.known {
					u.Used = 0
					if w := found[c.Key]; i < len(w) {
						u.Used, u.Ends = max(0, w[i].Count), w[i].Ends
					}
				}
				out = append(out, u)
			}
		}
	}
	return out, nil
}
