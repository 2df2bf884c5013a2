package inbox

import (
	"cmp"
	"crypto/rand"
	"errors"
	"slices"
	"sync"
	"time"
)

// Sentinels of this package, matched with errors.Is.
var (
	ErrNotFound = errors.New("no such message")
	ErrTooLarge = errors.New("message too large")
)

// Limits bound the memory of a Store. A zero field takes its default.
type Limits struct {
	Messages     int // mails kept, default 500
	MessageBytes int // size of one mail, default 1 MiB
	TotalBytes   int // size of all mails kept, default 64 MiB
}

// Store keeps the newest mails in memory. When a limit is reached the oldest
// make room. Its methods may be called concurrently.
type Store struct {
	limits Limits

	mu       sync.RWMutex
	messages []*Message // oldest first
	bytes    int
	last     uint64
	arrived  chan struct{} // closed and replaced when a mail arrives
}

// NewStore returns an empty store.
func NewStore(limits Limits) *Store {
	return &Store{
		limits: Limits{
			Messages:     cmp.Or(limits.Messages, 500),
			MessageBytes: cmp.Or(limits.MessageBytes, 1<<20),
			TotalBytes:   cmp.Or(limits.TotalBytes, 64<<20),
		},
		arrived: make(chan struct{}),
	}
}

// Add parses a mail and keeps it. It takes any bytes, damaged or not, and
// refuses only with ErrTooLarge. The caller must not change raw afterwards.
func (s *Store) Add(envelope Envelope, raw []byte) (*Message, error) {
	if len(raw) > s.limits.MessageBytes {
		return nil, ErrTooLarge
	}
	m := parse(envelope, raw, time.Now())
	m.ID = rand.Text()

	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	m.Seq = s.last
	s.messages = append(s.messages, m)
	s.bytes += len(raw)
	s.makeRoom()
	close(s.arrived)
	s.arrived = make(chan struct{})
	return m, nil
}

// makeRoom always leaves the newest mail, or a mail could vanish on arrival.
func (s *Store) makeRoom() {
	for len(s.messages) > 1 &&
		(len(s.messages) > s.limits.Messages || s.bytes > s.limits.TotalBytes) {
		s.bytes -= len(s.messages[0].Raw)
		s.messages = slices.Delete(s.messages, 0, 1)
	}
}

// Len returns the number of mails kept.
func (s *Store) Len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.messages)
}

// Delete removes the mails with these ids and passes over unknown ones.
func (s *Store) Delete(ids ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = slices.DeleteFunc(s.messages, func(m *Message) bool {
		gone := slices.Contains(ids, m.ID)
		if gone {
			s.bytes -= len(m.Raw)
		}
		return gone
	})
}

// DeleteAll empties the store.
func (s *Store) DeleteAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages, s.bytes = nil, 0
}
