package storage_test

import (
	"testing"
	"time"

	"idp/internal/magiclink"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// One mail a minute needs no window of five minutes beside it: somebody who asks
// every ten seconds for an hour gets a mail a minute, never six in five minutes,
// and no more in the hour than with the defaults.
func TestTheStrictAllowance(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s).with(func(settings *magiclink.Settings) {
			settings.Limits.SendPerAddress = []magiclink.Rate{{Max: 1, Window: time.Minute}, {Max: 10, Window: time.Hour}, {Max: 20, Window: 24 * time.Hour}}
		})
		m.signUp("ada@example.com")
		m.now = m.now.Add(25 * time.Hour)
		var got []time.Time
		for range 360 {
			if m.sent(1, func(int) string { return "ada@example.com" }) > 0 {
				got = append(got, m.now)
			}
			m.now = m.now.Add(10 * time.Second)
		}
		if len(got) != 10 {
			t.Errorf("%d mails in an hour, want 10", len(got))
		}
		for i := range got {
			if i > 0 && got[i].Sub(got[i-1]) < time.Minute {
				t.Errorf("mails %d and %d are %v apart", i-1, i, got[i].Sub(got[i-1]))
			}
			if i >= 5 && got[i].Sub(got[i-5]) < 5*time.Minute {
				t.Errorf("six mails in %v", got[i].Sub(got[i-5]))
			}
		}
	})
}
