package storage

import (
	"context"
	"time"

	"idp/internal/magiclink"
)

// QueuedLetters lists the letters that are still to be sent, those that wait
// longest first. What only looks like a letter is not among them.
func (s *Store) QueuedLetters(ctx context.Context, limit int, now time.Time) ([]magiclink.QueuedLetter, error) {
	var rows []letterRow
	err := s.db.WithContext(ctx).Raw(`SELECT `+letterColumns+` FROM outbox
		WHERE state IN ('queued', 'sending', 'deferred') AND expires_at > ? AND NOT decoy ORDER BY asked_at, id LIMIT ?`, ms(now), limit).Scan(&rows).Error
	out := make([]magiclink.QueuedLetter, len(rows))
	for i, r := range rows {
		out[i] = magiclink.QueuedLetter{
			Letter: r.letter(), State: magiclink.DeliveryState(r.State), Tries: r.Tries, NextAt: at(r.NextAt),
			Server: r.Server, Reply: r.Reply, Reason: magiclink.Reason(r.Reason),
		}
	}
	return out, wrap("list letters", err)
}
