package mail_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"idp/internal/magiclink"
	"idp/internal/mail"
)

// Servers bound the connections of one host, and say 421 to the next. Letters that
// are asked for at once share those that there are.
func TestServerOfFewConnections(t *testing.T) {
	t.Parallel()
	s := &script{replies: map[string]string{}, atOnce: 2, crowd: make(chan struct{})}
	o := newOffice(t, mail.Server{Port: s.listen(t), Security: mail.Plain, Timeout: 5 * time.Second})
	over := make(chan magiclink.Delivery, 20)
	o.worker.Outbox = &heard{o.store, over}
	for i := range cap(over) {
		o.askFor(t, fmt.Sprintf("ada%d@example.com", i), "b")
		o.worker.Wake()
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { o.worker.Run(ctx); close(done) }()
	for range cap(over) {
		if d := <-over; d.State != magiclink.Accepted {
			t.Errorf("%s, again in %v: %s", d.State, d.NextAt.Sub(o.now), d.Reply)
		}
	}
	stop()
	<-done
}

// heard is an outbox that passes on what it is told.
type heard struct {
	mail.Outbox
	fates chan magiclink.Delivery
}

func (h *heard) LettersDone(ctx context.Context, fates []magiclink.Fate) ([]string, error) {
	for _, f := range fates {
		h.fates <- f.Delivery
	}
	return h.Outbox.LettersDone(ctx, fates)
}
