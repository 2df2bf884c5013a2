package inbox

import (
	"context"
	"fmt"
	"slices"
)

// Latest stands in the place of an id for the newest mail.
const Latest = "latest"

// Get returns the mail with this id, or the newest one for Latest. It returns
// ErrNotFound when there is none.
func (s *Store) Get(id string) (*Message, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, m := range slices.Backward(s.messages) {
		if m.ID == id || id == Latest {
			return m, nil
		}
	}
	return nil, ErrNotFound
}

// Find returns up to limit of the mails that match, newest first, after
// passing over start of them, and the number of all that match. An empty query
// matches every mail. A query is a list of words which must all be there:
//
//	to:a@example.com    a recipient; part of an address matches too ("example.com")
//	from:, subject:     likewise
//	welcome             in the subject, an address or the text
//	"two words"         quotes keep words together, also after a colon
//
// Case does not matter.
func (s *Store) Find(query string, start, limit int) (page []*Message, total int) {
	q := parseQuery(query)
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, m := range slices.Backward(s.messages) {
		if !q.matches(m) {
			continue
		}
		if total >= start && len(page) < limit {
			page = append(page, m)
		}
		total++
	}
	return page, total
}

// Last returns the Seq of the newest mail ever taken: the place from which
// Next goes on.
func (s *Store) Last() uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.last
}

// Next returns the first mail after the given Seq that matches the query of
// Find. It waits for one until the context ends and then returns its error.
// Reading Last before the act that sends the mail leaves no gap to lose it in:
//
//	after := store.Last()
//	signIn("a@example.com")
//	message, err := store.Next(ctx, after, "to:a@example.com")
func (s *Store) Next(ctx context.Context, after uint64, query string) (*Message, error) {
	q := parseQuery(query)
	for {
		message, arrived := s.firstAfter(after, q)
		if message != nil {
			return message, nil
		}
		select {
		case <-arrived:
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for mail: %w", context.Cause(ctx))
		}
	}
}

// firstAfter returns the channel together with the look, under one lock, so
// that no mail can come in between.
func (s *Store) firstAfter(after uint64, q query) (*Message, <-chan struct{}) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, m := range s.messages {
		if m.Seq > after && q.matches(m) {
			return m, s.arrived
		}
	}
	return nil, s.arrived
}
