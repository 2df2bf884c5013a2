package storage_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/secret"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// spend uses budgets as a request for a mail does.
func (m *mailbox) spend(budgets ...magiclink.Count) error {
	c := magiclink.Challenge{ID: secret.NewID("", m.now), Email: "ada@example.com", State: magiclink.Pending, CreatedAt: m.now, ExpiresAt: m.now.Add(time.Hour)}
	l := magiclink.Letter{ID: secret.NewID("let_", m.now), ChallengeID: c.ID, Recipient: c.Email, AskedAt: m.now, ExpiresAt: c.ExpiresAt}
	_, err := m.store.CreateChallenge(context.Background(), c, l, magiclink.Admission{Counts: budgets}, nil)
	return err
}

func budget(key string, rates ...magiclink.Rate) magiclink.Count {
	return magiclink.Count{Key: key, Name: key, Rates: rates}
}

// look reads a counter by adding nothing to it that matters: a block limits
// nobody.
func (m *mailbox) look(b magiclink.Count) (counts []int) {
	b.Block, b.Took = 1, func(taken []magiclink.Taken) {
		for _, w := range taken {
			counts = append(counts, w.Count-1)
		}
	}
	if err := m.spend(b); err != nil {
		m.t.Fatal(err)
	}
	return counts
}

// Of many callers at once exactly as many get through as the budget has, in all
// of its windows, and what the others used is given back.
func TestBudgetsAreExactUnderConcurrency(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		// A far larger budget beside it, named in the opposite order by every other
		// caller: rows that are locked in both orders would be a deadlock.
		a := budget("a", magiclink.Rate{Max: 1000, Window: time.Hour})
		b := budget("b", magiclink.Rate{Max: 1000, Window: 24 * time.Hour}, magiclink.Rate{Max: 1000, Window: time.Hour}, magiclink.Rate{Max: 1000, Window: 5 * time.Minute})
		errs := race(32, func(i int) error {
			budgets := []magiclink.Count{a, b}
			if i%2 == 0 {
				slices.Reverse(budgets)
			}
			return m.spend(budgets...)
		})
		for _, err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
		if got := fmt.Sprint(m.look(a), m.look(b)); got != "[32] [32 32 32]" {
			t.Fatalf("32 callers were counted as %s", got)
		}
	})
}

func TestNoMoreThanTheBudgetGetThrough(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		b := budget("b", magiclink.Rate{Max: 100, Window: time.Hour}, magiclink.Rate{Max: 7, Window: time.Minute})
		through := 0
		var mu sync.Mutex
		errs := race(32, func(int) error {
			err := m.spend(b)
			if err == nil {
				mu.Lock()
				through++
				mu.Unlock()
			}
			return err
		})
		for _, err := range errs {
			var limited *idp.LimitedError
			if err != nil && (!errors.As(err, &limited) || limited.RetryAt != m.now.Add(time.Minute)) {
				t.Fatal(err)
			}
		}
		// A caller that is refused counts until its use is given back, so that others
		// may be refused in that moment; none gets through too much.
		if through > 7 || through == 0 {
			t.Fatalf("%d of 32 got through, the budget is 7", through)
		}
		if got := fmt.Sprint(m.look(b)); got != fmt.Sprint([]int{through, through}) {
			t.Fatalf("%d got through, %s are counted", through, got)
		}
	})
}

// givenBack is one return, alone and in as many as one statement takes.
func givenBack(t *testing.T, check func(t *testing.T, s *storage.Store, back func(magiclink.Return))) {
	for name, others := range map[string]int{"alone": 0, "among many": 15} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testdb.Each(t, func(t *testing.T, s *storage.Store) {
				check(t, s, func(r magiclink.Return) {
					t.Helper()
					all := []magiclink.Return{r}
					for i := range others {
						all = append(all, magiclink.Return{Count: budget(fmt.Sprint(i), magiclink.Rate{Max: 1, Window: 48 * time.Hour}), Times: 9, Counted: r.Counted})
					}
					if err := s.GiveBack(context.Background(), all); err != nil {
						t.Fatal(err)
					}
				})
			})
		})
	}
}

// Each window of a budget has its own end, and a use that is given back leaves
// the windows alone that began after it.
func TestWindowsEndApart(t *testing.T) {
	t.Parallel()
	givenBack(t, func(t *testing.T, s *storage.Store, back func(magiclink.Return)) {
		m := newMailbox(t, s)
		b := budget("b", magiclink.Rate{Max: 10, Window: 24 * time.Hour}, magiclink.Rate{Max: 10, Window: time.Hour}, magiclink.Rate{Max: 3, Window: 5 * time.Minute})
		expect := func(what, want string) {
			t.Helper()
			got := m.look(b)
			if fmt.Sprint(got) != want {
				t.Fatalf("%s: counted %v, want %s", what, got, want)
			}
			back(magiclink.Return{Count: b, Times: 1, Counted: m.now}) // the look
		}
		for range 3 {
			if err := m.spend(b); err != nil {
				t.Fatal(err)
			}
		}
		if err := m.spend(b); err == nil {
			t.Fatal("a fourth use in five minutes")
		}
		expect("at the limit", "[3 3 3]")
		first := m.now
		m.now = first.Add(5 * time.Minute)
		if err := m.spend(b); err != nil {
			t.Fatalf("in the next window: %v", err)
		}
		expect("five minutes on", "[4 4 1]")
		back(magiclink.Return{Count: b, Times: 1, Counted: first})
		expect("after the first use was given back", "[3 3 1]")
		m.now = first.Add(time.Hour)
		expect("an hour on", "[3 0 0]")
		m.now = first.Add(24 * time.Hour)
		expect("a day on", "[0 0 0]")
	})
}

// What is given back to a budget that counts nothing any more makes no room beyond
// its maximum.
func TestNothingIsGivenBackWhereNothingIsCounted(t *testing.T) {
	t.Parallel()
	givenBack(t, func(t *testing.T, s *storage.Store, back func(magiclink.Return)) {
		m := newMailbox(t, s)
		b := budget("b", magiclink.Rate{Max: 10, Window: time.Hour}, magiclink.Rate{Max: 3, Window: time.Minute})
		for _, what := range []string{"no row", "a row that counts less"} {
			back(magiclink.Return{Count: b, Times: 5, Counted: m.now})
			if got := fmt.Sprint(m.look(b)); got != "[0 0]" {
				t.Errorf("%s: counted %s, want [0 0]", what, got)
			}
		}
		back(magiclink.Return{Count: budget("never counted", magiclink.Rate{Max: 1, Window: time.Hour}), Times: 1, Counted: m.now})
		if n, err := s.Purge(context.Background(), m.now.Add(100*time.Hour)); n < 2 || err != nil {
			t.Errorf("%d rows purged, want that of a budget that was never counted too, %v", n, err)
		}
	})
}

// A sign-in that ends in a later window than it began in takes nothing out of the
// installation's budget there.
func TestMailsOfAnEarlierWindowStayCounted(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		hour := []magiclink.Rate{{Max: 1000, Window: time.Hour}}
		m := newMailbox(t, s).with(func(s *magiclink.Settings) { s.Limits.SendPerInstance = hour })
		settle := func() {
			if err := m.login.Settle(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		m.ask("bob@example.com", "b") // the window begins
		m.now = m.now.Add(55 * time.Minute)
		_, mail := m.ask("ada@example.com", "a")
		settle()
		m.now = m.now.Add(8 * time.Minute)
		m.ask("eve@example.com", "e")
		if _, _, err := m.login.UseOwnLink(context.Background(), mail.Link, asker("a", "192.0.2.1")); err != nil {
			t.Fatal(err)
		}
		settle()
		used := func() int {
			uses, err := magiclink.Present(context.Background(), s, m.keys(), magiclink.Limits{SendPerInstance: hour, LongCodesAbove: magiclink.Rate{Max: 1, Window: time.Hour}}, "", "", m.now)
			if err != nil {
				t.Fatal(err)
			}
			return uses[0].Used
		}
		if n := used(); n != 1 {
			t.Fatalf("%d mails are counted, want 1", n)
		}
	})
}
