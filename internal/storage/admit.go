package storage

import (
	"context"
	"slices"
	"strings"
	"time"

	"idp/internal/magiclink"
)

// domainPart is the domain of users.email, in words of both databases. An index
// is made of it.
const domainPart = `SUBSTR(email, LENGTH(RTRIM(email, REPLACE(email, '@', ''))) + 1)`

var selectRecipient = `SELECT CASE WHEN u.id IS NULL THEN 0 WHEN u.disabled_at = 0 THEN 1 ELSE 2 END,
		COALESCE(CASE WHEN u.created_at > u.marks_from THEN u.created_at ELSE u.marks_from END, 0),
		CASE WHEN EXISTS (SELECT 1 FROM users WHERE ` + domainPart + ` = ?) THEN 1 ELSE 0 END, ` + markOf("?") + `
	FROM (SELECT 1 AS n) o LEFT JOIN users u ON u.email = ?`

// recipientRow is what selectRecipient finds.
type recipientRow struct {
	known, domainKnown int
	marksFrom, since   int64
}

func (r *recipientRow) step(email, domain string) *step {
	return &step{query: selectRecipient, args: []any{domain, email, email}, into: []any{&r.known, &r.marksFrom, &r.domainKnown, &r.since}}
}

func (r *recipientRow) recipient(newDomainFull bool) magiclink.Recipient {
	return magiclink.Recipient{Known: r.known != 0, Disabled: r.known == userDisabled, KnownDomain: r.domainKnown != 0, NewDomainFull: newDomainFull}
}

// admitted is what came of a request for a mail: whether it goes out, whether the
// recipient's mailbox sent a letter back, and whether the asker's mark is no good.
type admitted struct{ send, bounced, unmarked bool }

// admit counts a request for a mail and says what comes of it.
func (s *Store) admit(ctx context.Context, email string, a magiclink.Admission, now time.Time) (out admitted, err error) {
	var to recipientRow
	_, domain, _ := strings.Cut(email, "@")
	c := newCounting(a.Counts, now)
	steps := []*step{to.step(email, domain)}
	if len(a.Counts) > 0 {
		steps = append(steps, c.step)
	}
	stranger := newDomainCounting(a.NewDomain, domain, now)
	if stranger != nil {
		steps = append(steps, stranger.step) // the last: many ask for the same domain
	}
	if err := s.jointly(ctx, relaxed, steps...); err != nil {
		return out, err
	}
	counts, over := a.Counts, c.over()
	newDomainFull := stranger != nil && stranger.over() != nil
	if out.unmarked = !a.Marked.IsZero() && (to.known == 0 || ms(a.Marked) < to.marksFrom); out.unmarked {
		if c, err = s.countAnew(ctx, a, now); err != nil {
			return out, err
		}
		counts, over = a.Unmarked, c.over()
	}
	if over != nil {
		err = over
	} else if out.send = true; a.Judge != nil {
		about := to.recipient(newDomainFull)
		about.Unmarked = out.unmarked
		out.send, err = a.Judge(ctx, about)
	}
	if err != nil && len(counts) > 0 {
		if errBack := s.together(ctx, relaxed, uncount(counts, now)...); errBack != nil {
			return out, errBack
		}
	}
	out.bounced = to.since > 0
	return out, err
}

// countAnew gives back what was counted for a mark that is no longer good, and counts
// what is counted without one.
func (s *Store) countAnew(ctx context.Context, a magiclink.Admission, now time.Time) (*counting, error) {
	steps := uncount(a.Counts, now)
	c := newCounting(a.Unmarked, now)
	if len(a.Unmarked) > 0 {
		steps = append(steps, c.step)
	}
	return c, s.together(ctx, relaxed, slices.Clip(steps)...)
}
