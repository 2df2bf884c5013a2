package audit_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"idp/internal/audit"
)

type refusals struct {
	events []audit.Event
	err    error
}

func (r *refusals) RecordNotes(_ context.Context, events ...audit.Event) error {
	r.events = append(r.events, events...)
	return r.err
}

// Somebody who is refused a thousand times fills two rows, not a thousand.
func TestRefusalsAreCounted(t *testing.T) {
	t.Parallel()
	ctx, now, store := context.Background(), start, &refusals{}
	r := &audit.Recorder{Store: store, Now: func() time.Time { return now }, Most: 500}
	for i := range 1000 {
		r.Note(audit.Event{Name: audit.LimitHit, Result: "send_per_ip", IP: "192.0.2.1", RequestID: fmt.Sprint(i)})
		if i == 0 {
			if err := r.Flush(ctx, false); err != nil {
				t.Fatal(err)
			}
		}
	}
	now = now.Add(time.Second)
	if err := r.Flush(ctx, false); err != nil || len(store.events) != 1 {
		t.Fatalf("%d rows within the minute, %v", len(store.events), err)
	}
	now = now.Add(time.Minute)
	if err := r.Flush(ctx, false); err != nil || len(store.events) != 2 || store.events[1].Detail != `{"times":999}` || store.events[1].RequestID != "1" {
		t.Fatalf("%v, %v", store.events, err)
	}
	if err := r.Flush(ctx, true); err != nil || len(store.events) != 2 {
		t.Fatalf("nothing happened, and there are %d rows, %v", len(store.events), err)
	}
}

// What is too much to hold, or cannot be written, is told as a number.
func TestLostRefusalsAreTold(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), &refusals{}
	r := &audit.Recorder{Store: store, Now: func() time.Time { return start }, Most: 500}
	for i := range 510 {
		r.Note(audit.Event{Name: audit.LimitHit, IP: fmt.Sprint(i)})
	}
	store.err = errors.New("no database")
	if err := r.Flush(ctx, true); err == nil {
		t.Fatal("the failure was swallowed")
	}
	store.events, store.err = nil, nil
	if err := r.Flush(ctx, true); err != nil || len(store.events) != 1 || store.events[0].Name != audit.AuditLost || store.events[0].Detail != `{"times":510}` {
		t.Fatalf("%v, %v", store.events, err)
	}
}
