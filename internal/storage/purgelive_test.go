package storage_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"idp/internal/storage"
	"idp/internal/testdb"
)

// count is how often each row stands in a table.
func count(all []map[string]any) map[string]int {
	out := map[string]int{}
	for _, row := range all {
		out[fmt.Sprint(row)]++
	}
	return out
}

// A purge long after a day leaves nothing of that day, and all of today, in every
// table that it clears.
func TestPurgeLeavesWhatLives(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newTold(t, s)
		m.day(0)
		long := allRows(t, s)
		m.now = m.now.Add(400 * 24 * time.Hour)
		m.day(2)
		both := allRows(t, s)
		if _, err := s.Purge(context.Background(), m.now.Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		left := allRows(t, s)
		for table, bounded := range storage.BoundedForTest() {
			if !strings.Contains(bounded, "purged by") {
				continue
			}
			old, now := count(long[table]), count(left[table])
			if len(both[table]) <= len(long[table]) || len(old) == 0 {
				t.Errorf("%s: %d rows of the first day and %d of both: this test shows nothing of it", table, len(long[table]), len(both[table]))
			}
			for row := range count(both[table]) {
				if want := old[row] == 0; want != (now[row] > 0) {
					t.Errorf("%s: kept %v, want %v: %s", table, !want, want, row)
				}
			}
		}
	})
}

// A session that ended stays for a day, for whoever asks what became of it.
func TestEndedSessionsStayForADay(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		m.grantOf("ada@example.com")
		ends := time.UnixMilli(only(t, allRows(t, s), "sessions")["expires_at"].(int64))
		for _, c := range []struct {
			after time.Duration
			want  int
		}{{23 * time.Hour, 1}, {25 * time.Hour, 0}} {
			if _, err := s.Purge(context.Background(), ends.Add(c.after)); err != nil || len(allRows(t, s)["sessions"]) != c.want {
				t.Errorf("%v after its end: %v, %v", c.after, allRows(t, s)["sessions"], err)
			}
		}
	})
}
