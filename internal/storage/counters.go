package storage

import (
	"sort"
	"strings"
	"time"

	"gorm.io/gorm"

	"idp/internal/idp"
	"idp/internal/magiclink"
)

// counting is one statement that adds one to each budget. Windows are fixed: a
// counter starts anew once its own has passed. Rows are touched in the order of
// their keys, so that two requests never wait for each other in a ring.
type counting struct {
	*step
	budgets map[string]magiclink.Count
	over    *idp.LimitedError // of the budget that is over longest
}

func newCounting(budgets []magiclink.Count, now time.Time) *counting {
	c := &counting{budgets: make(map[string]magiclink.Count, len(budgets))}
	sorted := append([]magiclink.Count(nil), budgets...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].Key < sorted[j].Key })
	args := make([]any, 0, 3*len(sorted)+2)
	for _, b := range sorted {
		c.budgets[b.Key] = b
		args = append(args, b.Key, 1, ms(now.Add(b.Window)))
	}
	c.step = &step{query: countQuery(len(sorted)), args: append(args, ms(now), ms(now)), each: c.row}
	return c
}

func countQuery(budgets int) string {
	return `INSERT INTO counters (key, count, expires_at) VALUES ` + strings.TrimSuffix(strings.Repeat("(?,?,?),", budgets), ",") + `
		ON CONFLICT (key) DO UPDATE SET
			count = CASE WHEN counters.expires_at <= ? THEN 1 ELSE counters.count + 1 END,
			expires_at = CASE WHEN counters.expires_at <= ? THEN excluded.expires_at ELSE counters.expires_at END
		RETURNING key, count, expires_at`
}

func (c *counting) row(scan func(...any) error) error {
	var key string
	var n int
	var ends int64
	if err := scan(&key, &n, &ends); err != nil {
		return err
	}
	if b := c.budgets[key]; n > b.Max && (c.over == nil || at(ends).After(c.over.RetryAt)) {
		c.over = &idp.LimitedError{Limit: b.Name, RetryAt: at(ends)}
	}
	return nil
}

// count runs a counting in a transaction and returns *idp.LimitedError if any
// budget is above its maximum.
func count(tx *gorm.DB, budgets []magiclink.Count, now time.Time) error {
	if len(budgets) == 0 {
		return nil
	}
	c := newCounting(budgets, now)
	if err := c.run(tx); err != nil {
		return err
	}
	if c.over != nil {
		return c.over
	}
	return nil
}

// uncount gives the use of each budget back.
func uncount(tx *gorm.DB, budgets []magiclink.Count) error {
	keys := make([]string, 0, len(budgets))
	for _, b := range budgets {
		keys = append(keys, b.Key)
	}
	sort.Strings(keys)
	return tx.Exec(`UPDATE counters SET count = count - 1 WHERE key IN ? AND count > 0`, keys).Error
}
