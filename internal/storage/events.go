package storage

import (
	"context"
	"strings"

	"gorm.io/gorm"

	"idp/internal/audit"
	"idp/internal/secret"
)

const eventColumns = `id, at, name, actor, subject, client_id, ip, address_ref, request_id, result, detail`

// complete fills in who acts and from where, which the context knows.
func complete(ctx context.Context, e audit.Event) audit.Event {
	from := audit.From(ctx)
	e.ID = secret.NewID("aud_", e.At)
	if from.Actor != "" {
		e.Actor = from.Actor
	}
	if e.IP == "" {
		e.IP = from.IP
	}
	if e.RequestID == "" {
		e.RequestID = from.RequestID
	}
	if e.AddressRef == "" && e.Subject == "" {
		e.AddressRef = from.AddressRef
	}
	if e.Result == "" {
		e.Result = "ok"
	}
	return e
}

// eventStep stores an event in the transaction of what it tells.
func eventStep(ctx context.Context, e audit.Event) *step {
	e = complete(ctx, e)
	if e.Actor == "" {
		e.Actor = e.Subject
	}
	if e.Actor == "" {
		e.Actor = audit.System
	}
	return &step{query: insertEvent, args: []any{
		e.ID, ms(e.At), string(e.Name), e.Actor, e.Subject, e.Client, e.IP, e.AddressRef, e.RequestID, e.Result, e.Detail,
	}}
}

var insertEvent = insert("audit_events", eventColumns)

// tell is eventStep inside of a transaction.
func tell(tx *gorm.DB, e audit.Event) error { return eventStep(tx.Statement.Context, e).run(tx) }

// told is where an event takes from what only the database knows: expressions over
// the rows that it is selected from. "" leaves what the event says.
type told struct {
	actor, subject, client, detail string
	from                           string // what follows FROM
}

// statement is the INSERT for events of one place in the code. It is made once.
func (t told) statement() string {
	or := func(expression string) string {
		if expression == "" {
			return `CAST(? AS TEXT)`
		}
		return `COALESCE(NULLIF(CAST(? AS TEXT), ''), ` + expression + `)`
	}
	if t.actor == "" {
		t.actor = t.subject
	}
	return `INSERT INTO audit_events (` + eventColumns + `) SELECT CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS TEXT), ` +
		strings.Join([]string{or(t.actor), or(t.subject), or(t.client)}, ", ") +
		`, CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), ` + or(t.detail) + ` FROM ` + t.from
}

// selectEvent stores an event about a row, if there is one: statement is that of a
// told, args are those of its FROM.
func selectEvent(ctx context.Context, statement string, e audit.Event, args ...any) *step {
	e = complete(ctx, e)
	return &step{query: statement, args: append([]any{
		e.ID, ms(e.At), string(e.Name), e.Actor, e.Subject, e.Client, e.IP, e.AddressRef, e.RequestID, e.Result, e.Detail,
	}, args...)}
}

// Record stores events that are not part of another change.
func (s *Store) Record(ctx context.Context, events ...audit.Event) error {
	steps := make([]*step, len(events))
	for i, e := range events {
		steps[i] = eventStep(ctx, e)
	}
	return wrap("record events", s.together(ctx, durable, steps...))
}

// RecordRefusals stores events whose loss would be no harm. They come up to a minute
// late: of a person who was deleted meanwhile, and of a sign-in that went with them,
// no IP address is kept.
func (s *Store) RecordRefusals(ctx context.Context, events ...audit.Event) error {
	steps := make([]*step, len(events))
	for i, e := range events {
		if steps[i] = eventStep(ctx, e); e.Challenge != "" {
			steps[i] = selectEvent(ctx, ofChallenge, e, e.Challenge)
			steps = append(steps, &step{query: blankLost, args: []any{steps[i].args[0], e.Challenge}})
		}
		if e.Subject != "" {
			steps = append(steps, &step{query: blankLate, args: []any{steps[i].args[0]}})
		}
	}
	return wrap("record refusals", s.together(ctx, relaxed, steps...))
}

// blankLate needs no mark of a deletion: the event gets its MAC later, as it is then.
const blankLate = `UPDATE audit_events SET ip = '' WHERE id = ? AND seq = 0 AND NOT EXISTS (SELECT 1 FROM users WHERE users.id = audit_events.subject)`

// blankLost is for a sign-in that is gone: nobody knows any more whose it was, so no
// later deletion would find the event.
const blankLost = `UPDATE audit_events SET ip = '' WHERE id = ? AND seq = 0 AND NOT EXISTS (SELECT 1 FROM challenges WHERE challenges.id = ?)`

// ofChallenge takes the person, if known, and the application from a sign-in.
var ofChallenge = told{
	subject: `COALESCE(u.id, '')`, client: `COALESCE(c.client_id, '')`,
	from: `(SELECT 1 AS n) o LEFT JOIN challenges c ON c.id = ? LEFT JOIN users u ON u.email = c.email`,
}.statement()
