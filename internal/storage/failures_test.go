package storage_test

import (
	"fmt"
	"testing"
	"time"

	"idp/internal/idp"
	"idp/internal/secret"
	"idp/internal/storage"
	"idp/internal/testdb"
)

func failuresOf(t *testing.T, s *storage.Store, client, request string) []idp.Failure {
	t.Helper()
	out, err := s.Failures(t.Context(), client, request, 10000)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// record stores n failures of a client, a second apart, and returns the last.
func record(t *testing.T, s *storage.Store, bucket, client string, kind idp.FailureKind, n int, from time.Time) idp.Failure {
	t.Helper()
	var last idp.Failure
	for i := range n {
		at := from.Add(time.Duration(i) * time.Second)
		last = idp.Failure{
			ID: secret.NewID("fal_", at), Bucket: bucket, ClientID: client, Kind: kind, Seen: fmt.Sprint(i), Wanted: "w", Answer: "invalid_client",
			Route: "/authorize", RequestID: fmt.Sprintf("REQ%s%s%d", client, kind, i), At: at.UTC(),
		}
		if err := s.RecordFailures(t.Context(), []idp.Failure{last}); err != nil {
			t.Fatal(err)
		}
	}
	return last
}

// The newest failures of each client and kind are kept, and no client's push out
// another's.
func TestFailuresAreBounded(t *testing.T) {
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		now := time.Now().Truncate(time.Millisecond)
		first := record(t, s, "quiet", "quiet", idp.FailScope, 1, now.Add(-time.Hour))
		last := record(t, s, "loud", "loud", idp.FailRedirect, 25, now)
		got := failuresOf(t, s, "loud", "")
		if len(got) != 10 || got[0] != last || got[9].Seen != "15" {
			t.Errorf("%d of one kind, the newest %+v", len(got), got[0])
		}
		for i := range 8 {
			record(t, s, "loud", "loud", idp.FailureKind(fmt.Sprint("kind", i)), 10, now.Add(time.Duration(i+1)*time.Minute))
		}
		if got := failuresOf(t, s, "loud", ""); len(got) != 50 {
			t.Errorf("%d of one client", len(got))
		}
		for i := range 30 {
			record(t, s, "", fmt.Sprint("made-up-", i), idp.FailUnknownClient, 1, now.Add(time.Duration(i)*time.Second))
		}
		if got := failuresOf(t, s, "", ""); len(got) != 50+10+1 {
			t.Errorf("%d in all", len(got))
		}
		if got := failuresOf(t, s, "quiet", ""); len(got) != 1 || got[0] != first {
			t.Errorf("the quiet client's: %+v", got)
		}
		if got := failuresOf(t, s, "", first.RequestID); len(got) != 1 || got[0].ClientID != "quiet" {
			t.Errorf("by request: %+v", got)
		}
	})
}

func TestFailuresAreKeptForAWeek(t *testing.T) {
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		now := time.Now()
		record(t, s, "app", "app", idp.FailScope, 1, now)
		if _, err := s.Purge(t.Context(), now.Add(idp.FailureTTL-time.Minute)); err != nil {
			t.Fatal(err)
		}
		if got := failuresOf(t, s, "", ""); len(got) != 1 {
			t.Errorf("%d before the week is over", len(got))
		}
		if _, err := s.Purge(t.Context(), now.Add(idp.FailureTTL+time.Minute)); err != nil {
			t.Fatal(err)
		}
		if got := failuresOf(t, s, "", ""); len(got) != 0 {
			t.Errorf("%d after the week", len(got))
		}
	})
}
