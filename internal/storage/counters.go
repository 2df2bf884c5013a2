package storage

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"idp/internal/idp"
	"idp/internal/magiclink"
)

// counting is one statement that adds to each budget, whose windows are all in
// one row. Windows are fixed: each starts anew once its own time has passed. Rows
// are touched in the order of their keys, so that two requests never wait for
// each other in a ring.
type counting struct {
	*step
	budgets map[string]magiclink.Count
	over    *idp.LimitedError // of the window that is over longest
}

func newCounting(budgets []magiclink.Count, now time.Time) *counting {
	c := &counting{budgets: make(map[string]magiclink.Count, len(budgets))}
	for _, b := range budgets {
		c.budgets[b.Key] = b
	}
	c.step = &step{each: c.row}
	c.query, c.args = counterRows(budgets, now, func(b magiclink.Count) int { return max(1, b.Block) })
	c.query += onCounted
	return c
}

// counterRows is the INSERT of budgets, before what happens to those that have a
// row. A window that a budget does not have ended long ago.
func counterRows(budgets []magiclink.Count, now time.Time, add func(magiclink.Count) int) (query string, args []any) {
	sorted := slices.Clone(budgets)
	slices.SortFunc(sorted, func(a, b magiclink.Count) int { return strings.Compare(a.Key, b.Key) })
	args = make([]any, 0, 5*len(sorted))
	var q strings.Builder
	q.WriteString(`INSERT INTO counters (key, used_at, count1, ends1, count2, ends2, count3, ends3) VALUES `)
	for i, b := range sorted {
		if i > 0 {
			q.WriteByte(',')
		}
		n := strconv.Itoa(add(b))
		q.WriteString("(?,?," + n + ",?," + n + ",?," + n + ",?)")
		args = append(args, b.Key, ms(now))
		for w := range magiclink.MaxWindows {
			if w < len(b.Rates) {
				args = append(args, ms(now.Add(b.Rates[w].Window)))
			} else {
				args = append(args, int64(0))
			}
		}
	}
	return q.String(), args
}

const (
	counterColumns = `key, count1, ends1, count2, ends2, count3, ends3`
	onCounted      = ` ON CONFLICT (key) DO UPDATE SET used_at = excluded.used_at,
		count1 = CASE WHEN counters.ends1 <= excluded.used_at THEN excluded.count1 ELSE counters.count1 + excluded.count1 END,
		ends1 = CASE WHEN counters.ends1 <= excluded.used_at THEN excluded.ends1 ELSE counters.ends1 END,
		count2 = CASE WHEN counters.ends2 <= excluded.used_at THEN excluded.count2 ELSE counters.count2 + excluded.count2 END,
		ends2 = CASE WHEN counters.ends2 <= excluded.used_at THEN excluded.ends2 ELSE counters.ends2 END,
		count3 = CASE WHEN counters.ends3 <= excluded.used_at THEN excluded.count3 ELSE counters.count3 + excluded.count3 END,
		ends3 = CASE WHEN counters.ends3 <= excluded.used_at THEN excluded.ends3 ELSE counters.ends3 END
		RETURNING ` + counterColumns
	// A use is taken out of the window that it was counted in, and of no later
	// one: that began after it, and so ends later than a window of its time could.
	onReturned = ` ON CONFLICT (key) DO UPDATE SET
		count1 = CASE WHEN counters.ends1 <= excluded.ends1 AND counters.count1 > 0 THEN counters.count1 - 1 ELSE counters.count1 END,
		count2 = CASE WHEN counters.ends2 <= excluded.ends2 AND counters.count2 > 0 THEN counters.count2 - 1 ELSE counters.count2 END,
		count3 = CASE WHEN counters.ends3 <= excluded.ends3 AND counters.count3 > 0 THEN counters.count3 - 1 ELSE counters.count3 END`
)

// counterRow is one row of counters.
type counterRow struct {
	key    string
	counts [magiclink.MaxWindows]int
	ends   [magiclink.MaxWindows]int64
}

// into lists the places of counterColumns.
func (r *counterRow) into() []any {
	return []any{&r.key, &r.counts[0], &r.ends[0], &r.counts[1], &r.ends[1], &r.counts[2], &r.ends[2]}
}

func (c *counting) row(scan func(...any) error) error {
	var r counterRow
	if err := scan(r.into()...); err != nil {
		return err
	}
	b := c.budgets[r.key]
	taken := make([]magiclink.Taken, len(b.Rates))
	for i, rate := range b.Rates {
		n, ends := r.counts[i], at(r.ends[i])
		taken[i] = magiclink.Taken{Count: n, Ends: ends}
		if b.Block == 0 && n > rate.Max && (c.over == nil || ends.After(c.over.RetryAt)) {
			c.over = &idp.LimitedError{Limit: b.Name, RetryAt: ends}
		}
	}
	if b.Took != nil {
		b.Took(taken)
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

// uncount gives back the use of each budget that was counted at a time. Blocks
// stay taken.
func uncount(budgets []magiclink.Count, counted time.Time) *step {
	single := slices.DeleteFunc(slices.Clone(budgets), func(b magiclink.Count) bool { return b.Block != 0 })
	query, args := counterRows(single, counted, func(magiclink.Count) int { return 0 })
	return &step{query: query + onReturned, args: args}
}

// GiveBack takes the use of each budget that was counted at a time out of its
// windows.
func (s *Store) GiveBack(ctx context.Context, budgets []magiclink.Count, counted time.Time) error {
	if len(budgets) == 0 {
		return nil
	}
	return wrap("give back", s.together(ctx, relaxed, uncount(budgets, counted)))
}
