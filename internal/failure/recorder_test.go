package failure_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"idp/internal/failure"
	"idp/internal/idp"
	"idp/internal/reqlog"
)

// shelf keeps what it is given, or fails.
type shelf struct {
	kept  []idp.Failure
	calls int
	err   error
}

func (s *shelf) RecordFailures(_ context.Context, f []idp.Failure) error {
	s.calls++
	s.kept = append(s.kept, f...)
	return s.err
}

func newRecorder(s *shelf) *failure.Recorder {
	declared := func(id string) bool { return strings.HasPrefix(id, "app") }
	return failure.NewRecorder(s, declared, func() time.Time { return time.Unix(1e9, 0) })
}

func event(client, seen string) *reqlog.Event {
	e := &reqlog.Event{RequestID: "REQUEST", ClientID: client}
	e.Refused(reqlog.Mismatch{Kind: "redirect_uri", Seen: seen})
	return e
}

func TestNothingIsAskedOfTheStoreForGoodRequests(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	r := newRecorder(s)
	r.Note(&reqlog.Event{RequestID: "REQUEST", ClientID: "app"}, "/authorize")
	if err := r.Settle(t.Context()); err != nil || s.calls != 0 {
		t.Errorf("%d calls, %v", s.calls, err)
	}
}

func TestAFloodIsDroppedAndCounted(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	r := newRecorder(s)
	for i := range 1000 {
		r.Note(event(fmt.Sprintf("made-up-%d", i), "x"), "/authorize")
	}
	for range 1000 {
		r.Note(event("app1", "x"), "/authorize")
	}
	if err := r.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(s.kept) != 40 || r.Dropped() != 1960 {
		t.Errorf("%d kept, %d dropped", len(s.kept), r.Dropped())
	}
	for i := range 1000 {
		r.Note(event(fmt.Sprintf("app%d", i), "x"), "/authorize")
	}
	if err := r.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(s.kept) != 240 || s.calls != 2 {
		t.Errorf("%d kept in %d calls", len(s.kept), s.calls)
	}
}

func TestStrangersShareOnePlace(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	r := newRecorder(s)
	r.Note(event("app", "x"), "/authorize")
	r.Note(event("https://stranger.example.com/client.json", "x"), "/authorize")
	if err := r.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.kept[0].Bucket != "app" || s.kept[1].Bucket != "" || s.kept[1].ClientID != "https://stranger.example.com/client.json" {
		t.Errorf("%+v", s.kept)
	}
}

func TestWhatCannotBeWrittenIsLostAndCounted(t *testing.T) {
	t.Parallel()
	s := &shelf{err: errors.New("the database is away")}
	r := newRecorder(s)
	r.Note(event("app", "x"), "/authorize")
	if err := r.Settle(t.Context()); err == nil || r.Dropped() != 1 {
		t.Errorf("%v, %d dropped", err, r.Dropped())
	}
	if err := r.Settle(t.Context()); err != nil || s.calls != 1 {
		t.Errorf("it tries again for ever: %d calls, %v", s.calls, err)
	}
}
