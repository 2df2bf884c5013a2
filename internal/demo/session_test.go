package demo

import (
	"testing"
	"time"
)

// newClock returns a clock and the function that moves it.
func newClock() (now func() time.Time, advance func(time.Duration)) {
	at := time.Date(2025, 11, 21, 9, 0, 0, 0, time.UTC)
	return func() time.Time { return at }, func(d time.Duration) { at = at.Add(d) }
}

func TestSessionsExpire(t *testing.T) {
	t.Parallel()
	now, advance := newClock()
	s := newSessions(now)
	id := s.add(grant{Subject: "u-1"})
	advance(sessionTTL - time.Second)
	if _, ok := s.find(id); !ok {
		t.Error("the session ended early")
	}
	advance(time.Second)
	if _, ok := s.find(id); ok {
		t.Error("the session outlived its time")
	}
}

func TestSessionsAreBounded(t *testing.T) {
	t.Parallel()
	now, advance := newClock()
	s := newSessions(now)
	ids := make([]string, 0, maxSessions+1)
	for range maxSessions + 1 {
		ids = append(ids, s.add(grant{}))
		advance(time.Second)
	}
	if len(s.byID) != maxSessions {
		t.Errorf("%d sessions, want %d", len(s.byID), maxSessions)
	}
	if _, ok := s.find(ids[0]); ok {
		t.Error("the oldest session did not make room")
	}
	if _, ok := s.find(ids[1]); !ok {
		t.Error("a younger session made room")
	}
	advance(sessionTTL)
	s.add(grant{})
	if len(s.byID) != 1 {
		t.Errorf("%d sessions after all others expired, want 1", len(s.byID))
	}
}

// Threat: a refresh that is under way while the person signs out.
func TestSessionStaysSignedOut(t *testing.T) {
	t.Parallel()
	now, _ := newClock()
	s := newSessions(now)
	id := s.add(grant{})
	current, _ := s.find(id)
	s.remove(id)
	s.replace(id, current)
	if _, ok := s.find(id); ok {
		t.Error("a late update brought a session back")
	}
}
