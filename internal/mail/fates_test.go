package mail_test

import (
	"context"
	"errors"
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

// away is an outbox whose database cannot be reached some times in a row.
type away struct {
	mail.Outbox
	times int
}

func (a *away) LettersDone(ctx context.Context, fates []magiclink.Fate) ([]string, error) {
	if a.times--; a.times >= 0 {
		return nil, errors.New("the connection is gone")
	}
	return a.Outbox.LettersDone(ctx, fates)
}

// A database that is away for a moment while a letter is on its way does not make a
// second mail of it.
func TestFateMeetsNoDatabase(t *testing.T) {
	t.Parallel()
	s := &script{replies: map[string]string{}}
	o := newOffice(t, mail.Server{Port: s.listen(t), Security: mail.Plain})
	o.worker.Outbox = &away{o.store, 3}
	id := o.ask(t)
	if d := o.delivery(t, id); d.State != magiclink.Accepted {
		t.Errorf("the page would show %+v", d)
	}
	o.drain(t)
	if ids := s.ids(); len(ids) != 1 {
		t.Errorf("the letter arrived %d times", len(ids))
	}
}
