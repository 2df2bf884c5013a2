package storage

import (
	"context"
	"fmt"

	"idp/internal/idp"
)

// How many failures are kept: of one client and kind, of one client, in all.
const (
	failuresPerKind   = 10
	failuresPerBucket = 50
	failuresInAll     = 5000
)

const failureColumns = `id, bucket, client_id, kind, seen, wanted, answer, route, request_id, at, expires_at`

var insertFailure = insert("failures", failureColumns)

// RecordFailures stores failures and drops the oldest beyond what a client and a
// kind may have. It commits relaxed: a crash may take the last of them.
func (s *Store) RecordFailures(ctx context.Context, failures []idp.Failure) error {
	if len(failures) == 0 {
		return nil
	}
	steps := make([]*step, 0, 3*len(failures)+1)
	kinds, buckets := map[[2]string]bool{}, map[string]bool{}
	for _, f := range failures {
		steps = append(steps, &step{query: insertFailure, args: []any{
			f.ID, f.Bucket, f.ClientID, string(f.Kind), f.Seen, f.Wanted, f.Answer, f.Route, f.RequestID, ms(f.At), ms(f.At.Add(idp.FailureTTL)),
		}})
		kinds[[2]string{f.Bucket, string(f.Kind)}], buckets[f.Bucket] = true, true
	}
	for k := range kinds {
		steps = append(steps, keepNewest(failuresPerKind, `bucket = ? AND kind = ?`, k[0], k[1]))
	}
	for b := range buckets {
		steps = append(steps, keepNewest(failuresPerBucket, `bucket = ?`, b))
	}
	steps = append(steps, keepNewest(failuresInAll, `1 = 1`))
	return wrap("record failures", s.together(ctx, relaxed, steps...))
}

// keepNewest deletes all but the newest n failures that a condition holds for.
func keepNewest(n int, condition string, args ...any) *step {
	all := append(append([]any{}, args...), args...)
	return &step{query: `DELETE FROM failures WHERE ` + condition + ` AND id <= (SELECT id FROM failures WHERE ` + condition +
		` ORDER BY id DESC LIMIT 1 OFFSET ` + fmt.Sprint(n) + `)`, args: all}
}

type failureRow struct {
	ID, Bucket, ClientID, Kind, Seen, Wanted, Answer, Route, RequestID string
	At                                                                 int64
}

// Failures lists the newest failures: of one client and one request if they are
// not "".
func (s *Store) Failures(ctx context.Context, clientID, requestID string, limit int) ([]idp.Failure, error) {
	var rows []failureRow
	err := s.db.WithContext(ctx).Raw(`SELECT `+failureColumns+` FROM failures WHERE ? IN ('', client_id) AND ? IN ('', request_id) ORDER BY id DESC LIMIT ?`,
		clientID, requestID, limit).Scan(&rows).Error
	if err != nil {
		return nil, wrap("list failures", err)
	}
	out := make([]idp.Failure, len(rows))
	for i, r := range rows {
		out[i] = idp.Failure{
			ID: r.ID, Bucket: r.Bucket, ClientID: r.ClientID, Kind: idp.FailureKind(r.Kind), Seen: r.Seen, Wanted: r.Wanted,
			Answer: r.Answer, Route: r.Route, RequestID: r.RequestID, At: at(r.At),
		}
	}
	return out, nil
}
