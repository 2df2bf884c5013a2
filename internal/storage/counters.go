package storage

import (
	"sort"
	"strings"
	"time"

	"gorm.io/gorm"

	"idp/internal/idp"
	"idp/internal/magiclink"
)

type counterRow struct {
	Key       string
	Count     int
	ExpiresAt int64
}

// count adds one to each budget in one statement and returns *idp.LimitedError,
// for the one that is over longest, if any is above its maximum. Windows are
// fixed: a counter starts anew once its own has passed. Rows are touched in the
// order of their keys, so that two requests never wait for each other in a ring.
func count(tx *gorm.DB, budgets []magiclink.Count, now time.Time) error {
	if len(budgets) == 0 {
		return nil
	}
	byKey := make(map[string]magiclink.Count, len(budgets))
	sorted := append([]magiclink.Count(nil), budgets...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].Key < sorted[j].Key })
	args := make([]any, 0, 3*len(sorted)+2)
	for _, b := range sorted {
		byKey[b.Key] = b
		args = append(args, b.Key, 1, ms(now.Add(b.Window)))
	}
	args = append(args, ms(now), ms(now))
	values := strings.TrimSuffix(strings.Repeat("(?,?,?),", len(sorted)), ",")
	var rows []counterRow
	err := tx.Raw(`INSERT INTO counters (key, count, expires_at) VALUES `+values+`
		ON CONFLICT (key) DO UPDATE SET
			count = CASE WHEN counters.expires_at <= ? THEN 1 ELSE counters.count + 1 END,
			expires_at = CASE WHEN counters.expires_at <= ? THEN excluded.expires_at ELSE counters.expires_at END
		RETURNING key, count, expires_at`, args...).Scan(&rows).Error
	if err != nil {
		return err
	}
	var over *idp.LimitedError
	for _, r := range rows {
		if b := byKey[r.Key]; r.Count > b.Max && (over == nil || at(r.ExpiresAt).After(over.RetryAt)) {
			over = &idp.LimitedError{Limit: b.Name, RetryAt: at(r.ExpiresAt)}
		}
	}
	if over != nil {
		return over
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
