package storage

import (
	"context"
	"errors"
	"slices"
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
	budgets []magiclink.Count // by key
	rows    []counterRow      // of each, as the statement left it; without a key if it did not
}

func newCounting(budgets []magiclink.Count, now time.Time) *counting {
	c := &counting{rows: make([]counterRow, len(budgets))}
	c.budgets = slices.SortedFunc(slices.Values(budgets), func(a, b magiclink.Count) int { return strings.Compare(a.Key, b.Key) })
	c.step = &step{each: c.row, forget: func() { clear(c.rows) }}
	c.query, c.args = counterRows(c.budgets, now)
	c.query += onCounted
	return c
}

func amount(b magiclink.Count) int {
	if b.Block == 0 {
		return 1
	}
	return b.Block
}

// windowEnd is when a window ends that begins now. One that a budget does not have
// ended long ago.
func windowEnd(b magiclink.Count, window int, now time.Time) int64 {
	if window >= len(b.Rates) {
		return 0
	}
	return ms(now.Add(b.Rates[window].Window))
}

// counterRows is the INSERT of uses, before what happens to those that have a row: in the
// order of budgets, which is that of their keys.
func counterRows(budgets []magiclink.Count, now time.Time) (query string, args []any) {
	args = make([]any, 0, 8*len(budgets))
	var q strings.Builder
	q.WriteString(intoCounters)
	for i, b := range budgets {
		if i > 0 {
			q.WriteByte(',')
		}
		q.WriteString("(?,?")
		args = append(args, b.Key, ms(now))
		for w := range magiclink.MaxWindows {
			if n := amount(b); n == 1 { // nearly always, so it is part of the text
				q.WriteString(",1,?")
			} else {
				q.WriteString(",?,?")
				args = append(args, n)
			}
			args = append(args, windowEnd(b, w, now))
		}
		q.WriteByte(')')
	}
	return q.String(), args
}

const (
	intoCounters   = `INSERT INTO counters (key, used_at, count1, ends1, count2, ends2, count3, ends3) VALUES `
	counterColumns = `key, count1, ends1, count2, ends2, count3, ends3`
	onCounted      = ` ON CONFLICT (key) DO UPDATE SET used_at = excluded.used_at,
		count1 = CASE WHEN counters.ends1 <= excluded.used_at THEN excluded.count1 ELSE counters.count1 + excluded.count1 END,
		ends1 = CASE WHEN counters.ends1 <= excluded.used_at THEN excluded.ends1 ELSE counters.ends1 END,
		count2 = CASE WHEN counters.ends2 <= excluded.used_at THEN excluded.count2 ELSE counters.count2 + excluded.count2 END,
		ends2 = CASE WHEN counters.ends2 <= excluded.used_at THEN excluded.ends2 ELSE counters.ends2 END,
		count3 = CASE WHEN counters.ends3 <= excluded.used_at THEN excluded.count3 ELSE counters.count3 + excluded.count3 END,
		ends3 = CASE WHEN counters.ends3 <= excluded.used_at THEN excluded.ends3 ELSE counters.ends3 END
		RETURNING ` + counterColumns
	// Uses are taken out of the window that they were counted in, and of no later
	// one: that began after them, and so ends later than a window of their time
	// could. Where nothing is counted, the row that is made counts nothing either: how
	// often comes as its used_at. It is an INSERT because that finds rows by their keys,
	// and in this order, however small the table was when it was planned.
	onGivenBack = ` ON CONFLICT (key) DO UPDATE SET
		count1 = CASE WHEN counters.ends1 > excluded.ends1 THEN counters.count1 WHEN counters.count1 < excluded.used_at THEN 0 ELSE counters.count1 - excluded.used_at END,
		count2 = CASE WHEN counters.ends2 > excluded.ends2 THEN counters.count2 WHEN counters.count2 < excluded.used_at THEN 0 ELSE counters.count2 - excluded.used_at END,
		count3 = CASE WHEN counters.ends3 > excluded.ends3 THEN counters.count3 WHEN counters.count3 < excluded.used_at THEN 0 ELSE counters.count3 - excluded.used_at END`
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
	if i, found := slices.BinarySearchFunc(c.budgets, r.key, func(b magiclink.Count, key string) int { return strings.Compare(b.Key, key) }); found {
		c.rows[i] = r
	}
	return nil
}

// over tells the budgets what was counted of them, once that is committed, and returns
// the window that is over longest, the first of several; nil if none is.
func (c *counting) over() (over *idp.LimitedError) {
	for i := range c.rows {
		if c.rows[i].key == "" {
			continue
		}
		if l := c.rows[i].tell(c.budgets[i]); l != nil && (over == nil || l.RetryAt.After(over.RetryAt)) {
			over = l
		}
	}
	return over
}

func (r *counterRow) tell(b magiclink.Count) (over *idp.LimitedError) {
	taken := make([]magiclink.Taken, len(b.Rates))
	for i, rate := range b.Rates {
		n, ends := r.counts[i], at(r.ends[i])
		taken[i] = magiclink.Taken{Count: n, Ends: ends}
		if b.Block == 0 && n > rate.Max && (over == nil || ends.After(over.RetryAt)) {
			over = &idp.LimitedError{Limit: b.Limit(i), RetryAt: ends}
		}
	}
	if b.Took != nil {
		b.Took(taken)
	}
	return over
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
	if over := c.over(); over != nil {
		return over
	}
	return nil
}

// uncount gives back what was counted of each budget just now. Blocks stay taken.
func uncount(budgets []magiclink.Count, counted time.Time) []*step {
	var back []magiclink.Return
	for _, b := range budgets {
		if b.Block == 0 {
			back = append(back, magiclink.Return{Count: b, Times: 1, Counted: counted})
		}
	}
	return returning(back)
}

// returning takes uses back, in the order of the keys: as many as one statement can
// have, and the rest one by one, so that there are two texts of it.
func returning(back []magiclink.Return) []*step {
	back = slices.SortedFunc(slices.Values(back), func(a, b magiclink.Return) int { return strings.Compare(a.Count.Key, b.Count.Key) })
	var steps []*step
	for len(back) > 0 {
		st, n := &step{query: giveBackOne}, 1
		if len(back) >= returnedAtOnce {
			st.query, n = giveBackMany, returnedAtOnce
		}
		st.args = make([]any, 0, n*(2+magiclink.MaxWindows))
		for _, b := range back[:n] {
			st.args = append(st.args, b.Count.Key, b.Times)
			for w := range magiclink.MaxWindows {
				st.args = append(st.args, windowEnd(b.Count, w, b.Counted))
			}
		}
		steps, back = append(steps, st), back[n:]
	}
	return steps
}

// returnedAtOnce is how many budgets one statement gives back to.
const returnedAtOnce = 16

var giveBackOne, giveBackMany = givingBack(1), givingBack(returnedAtOnce)

func givingBack(budgets int) string {
	const row = `(?,?,0,?,0,?,0,?)`
	return intoCounters + row + strings.Repeat(","+row, budgets-1) + onGivenBack
}

// Tally counts, or returns *idp.LimitedError and counts nothing but blocks.
func (s *Store) Tally(ctx context.Context, budgets []magiclink.Count, now time.Time) error {
	if len(budgets) == 0 {
		return nil
	}
	c := newCounting(budgets, now)
	err := s.jointly(ctx, relaxed, c.step)
	if err != nil {
		return wrap("count", err)
	}
	if over := c.over(); over != nil {
		if err = s.together(ctx, relaxed, uncount(budgets, now)...); err == nil {
			err = over
		}
	}
	return wrap("count", err)
}

// GiveBack takes uses out of the windows that they were counted in, all or none. No
// key comes twice.
func (s *Store) GiveBack(ctx context.Context, back []magiclink.Return) error {
	return wrap("give back", s.together(ctx, relaxed, returning(back)...))
}

// Counters returns the windows of each budget, by key; those that ended are empty.
func (s *Store) Counters(ctx context.Context, budgets []magiclink.Count, now time.Time) (map[string][]magiclink.Taken, error) {
	out := make(map[string][]magiclink.Taken, len(budgets))
	for _, b := range budgets {
		var r counterRow
		err := s.row(ctx, `SELECT `+counterColumns+` FROM counters WHERE key = ?`, []any{b.Key}, r.into()...)
		if errors.Is(err, idp.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, wrap("read counters", err)
		}
		for i := range b.Rates {
			w := magiclink.Taken{}
			if at(r.ends[i]).After(now) {
				w = magiclink.Taken{Count: r.counts[i], Ends: at(r.ends[i])}
			}
			out[b.Key] = append(out[b.Key], w)
		}
	}
	return out, nil
}
