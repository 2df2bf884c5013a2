package mail_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"idp/internal/magiclink"
	"idp/internal/mail"
)

// counting is an outbox that counts the records of fates.
type counting struct {
	mail.Outbox
	mu      sync.Mutex
	records int
}

func (c *counting) LettersDone(ctx context.Context, fates []magiclink.Fate) ([]string, error) {
	c.mu.Lock()
	c.records++
	c.mu.Unlock()
	return c.Outbox.LettersDone(ctx, fates)
}

// What became of letters that are sent at once is written down at once; and a
// worker that stops has written down all that it sent.
func TestFatesAreRecordedTogether(t *testing.T) {
	t.Parallel()
	s := &script{replies: map[string]string{}}
	o := newOffice(t, mail.Server{Port: s.listen(t), Security: mail.Plain})
	outbox := &counting{Outbox: o.store}
	o.worker.Outbox = outbox
	settings := magiclink.Defaults()
	settings.Limits.SendPerNewDomain.Max = 1_000_000
	o.login = magiclink.NewService(o.store, o.keys, settings, func() time.Time { return o.now }, o.worker)
	const letters = 32
	var challenges []string
	for i := range letters {
		challenges = append(challenges, o.askFor(t, fmt.Sprintf("ada%d@example.com", i), ada.Browser))
	}
	ctx, stop := context.WithCancel(t.Context())
	stop() // it finishes what is in its hands
	o.worker.Run(ctx)
	for _, id := range challenges {
		if d := o.delivery(t, id); d.State != magiclink.Accepted {
			t.Fatalf("the worker stopped and left %+v", d)
		}
	}
	if outbox.records == 0 || outbox.records > letters/2 {
		t.Errorf("%d letters took %d records", letters, outbox.records)
	}
}
