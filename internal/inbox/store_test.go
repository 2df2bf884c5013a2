package inbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

func subjects(messages []*Message) []string {
	var list []string
	for _, m := range messages {
		list = append(list, m.Subject)
	}
	return list
}

func TestStoreListsNewestFirst(t *testing.T) {
	t.Parallel()
	store := NewStore(Limits{})
	for _, subject := range []string{"one", "two", "three"} {
		mustAdd(t, store, "a@example.com", subject)
	}
	tests := []struct {
		start, limit int
		want         []string
	}{
		{0, 10, []string{"three", "two", "one"}},
		{0, 2, []string{"three", "two"}},
		{2, 2, []string{"one"}},
		{3, 2, nil},
	}
	for _, test := range tests {
		page, total := store.Find("", test.start, test.limit)
		if got := subjects(page); !slices.Equal(got, test.want) || total != 3 {
			t.Errorf("Find(%d, %d) = %v of %d, want %v of 3", test.start, test.limit, got, total, test.want)
		}
	}
}

func TestStoreDropsTheOldest(t *testing.T) {
	t.Parallel()
	_, raw := newMail("a@example.com", "mail 0")
	tests := map[string]Limits{
		"by number": {Messages: 3},
		"by bytes":  {TotalBytes: 3*len(raw) + 1},
	}
	for name, limits := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := NewStore(limits)
			first := mustAdd(t, store, "a@example.com", "mail 0")
			for i := 1; i <= 4; i++ {
				mustAdd(t, store, "a@example.com", fmt.Sprintf("mail %d", i))
			}
			page, _ := store.Find("", 0, 10)
			if got, want := subjects(page), []string{"mail 4", "mail 3", "mail 2"}; !slices.Equal(got, want) {
				t.Errorf("kept %v, want %v", got, want)
			}
			if _, err := store.Get(first.ID); !errors.Is(err, ErrNotFound) {
				t.Errorf("dropped mail: %v, want ErrNotFound", err)
			}
		})
	}
}

func TestStoreKeepsTheNewestWhateverItsSize(t *testing.T) {
	t.Parallel()
	store := NewStore(Limits{TotalBytes: 1})
	mustAdd(t, store, "a@example.com", "one")
	mustAdd(t, store, "a@example.com", "two")
	if page, total := store.Find("", 0, 10); total != 1 || page[0].Subject != "two" {
		t.Errorf("kept %v, want the newest alone", subjects(page))
	}
}

func TestStoreRefusesALargeMail(t *testing.T) {
	t.Parallel()
	store := NewStore(Limits{MessageBytes: 100})
	if _, err := store.Add(Envelope{}, make([]byte, 101)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("101 bytes: %v, want ErrTooLarge", err)
	}
	if _, err := store.Add(Envelope{}, make([]byte, 100)); err != nil {
		t.Errorf("100 bytes: %v", err)
	}
}

func TestStoreGetAndDelete(t *testing.T) {
	t.Parallel()
	store := NewStore(Limits{})
	if _, err := store.Get(Latest); !errors.Is(err, ErrNotFound) {
		t.Errorf("latest of nothing: %v, want ErrNotFound", err)
	}
	one := mustAdd(t, store, "a@example.com", "one")
	two := mustAdd(t, store, "a@example.com", "two")
	three := mustAdd(t, store, "a@example.com", "three")
	if got, err := store.Get(one.ID); err != nil || got != one {
		t.Errorf("Get(one) = %v, %v", got, err)
	}
	store.Delete(one.ID, three.ID, "unknown")
	if got, err := store.Get(Latest); err != nil || got != two || store.Len() != 1 || store.bytes != len(two.Raw) {
		t.Errorf("latest after delete = %v, %v; %d kept, %d bytes", got, err, store.Len(), store.bytes)
	}
	store.DeleteAll()
	if store.Len() != 0 || store.bytes != 0 {
		t.Errorf("%d mails, %d bytes after DeleteAll", store.Len(), store.bytes)
	}
}

func TestNextWaitsForTheMail(t *testing.T) {
	t.Parallel()
	store := NewStore(Limits{})
	mustAdd(t, store, "a@example.com", "before")
	after := store.Last()
	got := make(chan *Message)
	go func() {
		message, err := store.Next(t.Context(), after, "to:a@example.com")
		if err != nil {
			t.Error(err)
		}
		got <- message
	}()
	mustAdd(t, store, "b@example.com", "for another")
	want := mustAdd(t, store, "a@example.com", "the one")
	mustAdd(t, store, "a@example.com", "too late")
	if message := <-got; message != want {
		t.Errorf("Next = %v, want %q", message, want.Subject)
	}
}

func TestNextEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := NewStore(Limits{}).Next(ctx, 0, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("Next = %v, want context.Canceled", err)
	}
}

func TestStoreConcurrentUse(t *testing.T) {
	t.Parallel()
	const writers, each = 16, 25
	store := NewStore(Limits{Messages: 100})
	var wait sync.WaitGroup
	for i := range writers {
		to := fmt.Sprintf("user%d@example.com", i)
		wait.Go(func() {
			for range each {
				if _, err := store.Add(newMail(to, "hello")); err != nil {
					t.Error(err)
				}
				store.Find("to:"+to, 0, 10)
			}
		})
		wait.Go(func() {
			if _, err := store.Next(t.Context(), 0, "hello"); err != nil {
				t.Error(err)
			}
			store.Delete("unknown")
		})
	}
	wait.Wait()
	page, total := store.Find("", 0, 1000)
	if total != 100 || store.Last() != writers*each {
		t.Fatalf("%d kept of %d, want 100 of %d", total, store.Last(), writers*each)
	}
	seen := map[string]bool{}
	for i, m := range page {
		if seen[m.ID] || strings.TrimSpace(m.ID) == "" {
			t.Fatalf("id %q is not unique", m.ID)
		}
		seen[m.ID] = true
		if want := uint64(writers*each - i); m.Seq != want {
			t.Fatalf("place %d holds Seq %d, want %d", i, m.Seq, want)
		}
	}
}
