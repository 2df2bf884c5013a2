package storage

import (
	"context"
	"errors"
	"strings"
	"time"

	"gorm.io/gorm"

	"idp/internal/audit"
	"idp/internal/idp"
	"idp/internal/secret"
)

type eventRow struct {
	ID                                              string
	Seq, At, ErasedAt                               int64
	Name, Actor, Subject, ClientID                  string
	IP, AddressRef, RequestID, Result, Detail, Hash string
	PersonalMac                                     string
	Email                                           string // of the subject, where it is asked for
}

const sealedColumns = `id, seq, at, name, actor, subject, client_id, ip, address_ref, request_id, result, detail, personal_mac, hash, erased_at`

// into lists the places of sealedColumns.
func (r *eventRow) into() []any {
	return []any{&r.ID, &r.Seq, &r.At, &r.Name, &r.Actor, &r.Subject, &r.ClientID, &r.IP, &r.AddressRef, &r.RequestID, &r.Result, &r.Detail, &r.PersonalMac, &r.Hash, &r.ErasedAt}
}

func (r *eventRow) sealed() audit.Sealed {
	return audit.Sealed{
		Event: audit.Event{
			ID: r.ID, At: time.UnixMilli(r.At).UTC(), Name: audit.Name(r.Name), Actor: r.Actor, Subject: r.Subject, Client: r.ClientID, IP: r.IP,
			AddressRef: r.AddressRef, RequestID: r.RequestID, Result: r.Result, Detail: r.Detail,
		},
		Seq: r.Seq, PersonalMAC: r.PersonalMac, Hash: r.Hash, ErasedAt: at(r.ErasedAt),
	}
}

func sealedEvents(rows []eventRow) []audit.Sealed {
	out := make([]audit.Sealed, len(rows))
	for i := range rows {
		out[i] = rows[i].sealed()
	}
	return out
}

// end reads one end of the chain. locked, for a change of it, keeps others away: it
// is idp.ErrNotFound while somebody else has it.
func end(tx *gorm.DB, name, locked string) (e audit.End, err error) {
	err = one(tx, &e, `SELECT seq, hash, mac FROM audit_ends WHERE name = ?`+locked, name)
	return e, err
}

// firstEnd makes the row of an end, which is empty before the first event.
func firstEnd(tx *gorm.DB, name string) error {
	return tx.Exec(insert("audit_ends", "name, seq, hash, mac")+` ON CONFLICT (name) DO NOTHING`, name, 0, "", "").Error
}

func moveEnd(name string, e audit.End) *step {
	return &step{query: `UPDATE audit_ends SET seq = ?, hash = ?, mac = ? WHERE name = ?`, args: []any{e.Seq, e.Hash, e.MAC, name}}
}

// SealEvents gives seal the end of the chain and up to limit events without a
// place that were made at since or later, the oldest first, and stores what it
// returns. While one caller is at it, others get 0, and so does everybody at a
// standby: what waits is sealed where it was written. The index of events without a
// place may keep, until it is vacuumed, all that ever had none: whoever looks every
// second must not begin at its beginning.
func (s *Store) SealEvents(ctx context.Context, since time.Time, limit int, seal func(audit.End, []audit.Event) (audit.End, []audit.Sealed, error)) (n int, err error) {
	first := ""
	if !since.IsZero() {
		first = secret.FirstID("aud_", since)
	}
	var waits int64
	if err := s.row(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM audit_events WHERE seq = 0 AND id >= ? LIMIT 1) w`, []any{first}, &waits); err != nil || waits == 0 {
		return 0, wrap("seal events", err)
	}
	err = s.batches(ctx, func(tx *gorm.DB, together func(...*step) error) error {
		n = 0
		if err := firstEnd(tx, audit.Last); err != nil {
			return err
		}
		last, err := end(tx, audit.Last, s.dialect.skipLocked)
		if errors.Is(err, idp.ErrNotFound) {
			return nil // somebody else is at it
		}
		if err != nil {
			return err
		}
		var events []audit.Event
		waiting := &step{
			query: `SELECT ` + sealedColumns + ` FROM audit_events WHERE seq = 0 AND id >= ? ORDER BY id LIMIT ?`, args: []any{first, limit},
			each: func(scan func(...any) error) error {
				var r eventRow
				err := scan(r.into()...)
				events = append(events, r.sealed().Event)
				return err
			},
		}
		if err := together(waiting); err != nil {
			return err
		}
		last, sealed, err := seal(last, events)
		if err != nil {
			return err
		}
		n = len(sealed)
		return together(append(placeEvents(sealed), moveEnd(audit.Last, last))...)
	})
	if err != nil {
		n = 0
	}
	if readOnly(err) {
		err = nil
	}
	return n, wrap("seal events", err)
}

// placed is how many events one statement gives their places: in two sizes, because
// the text of each is prepared on each connection.
const placed = 32

var placeOne, placeMany = placing(1), placing(placed)

// placing names the first and the last of the events too: a planner that thinks that
// nothing waits begins with all that waits, and passes all that ever did.
func placing(events int) string {
	const row = `(CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS TEXT))`
	return `WITH place (id, seq, mac, hash) AS (VALUES ` + row + strings.Repeat(", "+row, events-1) + `)
		UPDATE audit_events SET seq = place.seq, personal_mac = place.mac, hash = place.hash FROM place
		WHERE audit_events.id = place.id AND audit_events.seq = 0 AND audit_events.id BETWEEN CAST(? AS TEXT) AND CAST(? AS TEXT)`
}

func placeEvents(sealed []audit.Sealed) (steps []*step) {
	for len(sealed) > 0 {
		st, of := &step{query: placeOne}, 1
		if len(sealed) >= placed {
			st.query, of = placeMany, placed
		}
		for _, e := range sealed[:of] {
			st.args = append(st.args, e.ID, e.Seq, e.PersonalMAC, e.Hash)
		}
		st.args = append(st.args, sealed[0].ID, sealed[of-1].ID)
		steps, sealed = append(steps, st), sealed[of:]
	}
	return steps
}

// PurgeEvents deletes up to limit events from the beginning of the chain that are
// older than before, and stores the end that first makes of them and the one before.
func (s *Store) PurgeEvents(ctx context.Context, before time.Time, limit int, first func(audit.End, []audit.Sealed) (audit.End, error)) (n int, err error) {
	err = s.tx(ctx, func(tx *gorm.DB) error {
		n = 0
		if err := firstEnd(tx, audit.First); err != nil {
			return err
		}
		begin, err := end(tx, audit.First, s.dialect.skipLocked)
		if errors.Is(err, idp.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		var rows []eventRow
		if err := tx.Raw(`SELECT `+sealedColumns+` FROM audit_events WHERE seq > ? ORDER BY seq LIMIT ?`, begin.Seq, limit).Scan(&rows).Error; err != nil {
			return err
		}
		for n < len(rows) && rows[n].At < ms(before) {
			n++
		}
		if n == 0 {
			return nil
		}
		next, err := first(begin, sealedEvents(rows[:n]))
		if err != nil {
			return err
		}
		if err := moveEnd(audit.First, next).run(tx); err != nil {
			return err
		}
		return tx.Exec(`DELETE FROM audit_events WHERE seq > ? AND seq > 0 AND seq <= ?`, begin.Seq, rows[n-1].Seq).Error
	})
	if err != nil {
		n = 0
	}
	return n, wrap("purge events", err)
}

// AuditEnds returns the ends of the chain.
func (s *Store) AuditEnds(ctx context.Context) (first, last audit.End, err error) {
	db := s.db.WithContext(ctx)
	first, err = end(db, audit.First, "")
	if err == nil || errors.Is(err, idp.ErrNotFound) {
		last, err = end(db, audit.Last, "")
	}
	if errors.Is(err, idp.ErrNotFound) {
		err = nil // nothing happened yet
	}
	return first, last, wrap("read the ends of the audit log", err)
}

// Chain returns up to limit events with places behind after, in their order.
func (s *Store) Chain(ctx context.Context, after int64, limit int) ([]audit.Sealed, error) {
	var rows []eventRow
	err := s.db.WithContext(ctx).Raw(`SELECT `+sealedColumns+` FROM audit_events WHERE seq > ? ORDER BY seq LIMIT ?`, max(after, 0), limit).Scan(&rows).Error
	return sealedEvents(rows), wrap("read the audit log", err)
}

// Astray returns up to limit events whose places are not behind begin, the last one
// that was purged. The purge takes them and moves that in one transaction.
func (s *Store) Astray(ctx context.Context, begin int64, limit int) ([]audit.Sealed, error) {
	var rows []eventRow
	err := s.db.WithContext(ctx).Raw(`SELECT `+sealedColumns+` FROM audit_events WHERE seq < 0 OR (seq > 0 AND seq <= ?) ORDER BY seq LIMIT ?`, begin, limit).Scan(&rows).Error
	return sealedEvents(rows), wrap("read the audit log", err)
}

// Waiting counts the events that have no place in the chain yet.
func (s *Store) Waiting(ctx context.Context) (n int64, err error) {
	err = s.row(ctx, `SELECT COUNT(*) FROM audit_events WHERE seq = 0`, nil, &n)
	return n, wrap("count waiting events", err)
}
