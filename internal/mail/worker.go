package mail

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"idp/internal/idp"
	"idp/internal/magiclink"
)

// Outbox is the queue of letters.
type Outbox interface {
	// ClaimLetter returns idp.ErrNotFound if nothing is due, and nil if the letter
	// was skipped because its recipient may not sign in.
	ClaimLetter(ctx context.Context, now time.Time, take *magiclink.Take) (*magiclink.Claim, error)
	// LettersDone returns the ids of those letters whose lease ran out: they are
	// another worker's by now.
	LettersDone(ctx context.Context, fates []magiclink.Fate) (late []string, err error)
	NextLetterAt(ctx context.Context, now time.Time) (time.Time, error)
}

// Worker sends letters. A letter comes to it from the request that stored it,
// which spares the database a queue's work, or else from the outbox: when its
// hands are full, when a try failed, and when another process died over it.
type Worker struct {
	Outbox  Outbox
	Take    magiclink.Take
	Compose *Composer
	Senders *Providers
	Log     *slog.Logger
	Now     func() time.Time
	// Accepted, if it is not nil, hears how long each letter that a provider took had
	// been asked for, whatever it waited for.
	Accepted func(waited time.Duration)

	once    sync.Once
	stopped atomic.Bool
	places  chan struct{} // kept for letters that are being stored
	hand    chan *magiclink.Claim
	fates   chan fate
	sweep   chan struct{} // letters wait in the outbox
	recent  recent
}

const (
	workers  = 8
	inHand   = 8 * workers // letters at most that wait here for a worker
	pollIdle = 5 * time.Second
)

// Lease is how long a letter stays with its worker: a try that takes longer may
// become a second mail, never a lost one.
const Lease = 30 * time.Second

// aside is how long a letter waits before anybody begins to send it. Whoever asked for
// it has their answer by then: if the work began at once, answers for which there is
// none to do would come sooner, and tell who gets no letters.
const aside = 5 * time.Millisecond

// margin is what is left of the lease, at least, when a try ends.
const margin = 2 * time.Second

// retryAfter are the pauses after the first, second, … failed try.
var retryAfter = []time.Duration{5 * time.Second, 15 * time.Second, 45 * time.Second, 2 * time.Minute}

// A letter that nobody waits for lives a day: after some tries it is not pressed on a
// server that puts it off.
const (
	patientAfter = 8
	patientPause = 30 * time.Minute
)

func (w *Worker) start() {
	w.once.Do(func() {
		w.places, w.hand, w.sweep = make(chan struct{}, inHand), make(chan *magiclink.Claim, inHand), make(chan struct{}, workers)
		w.fates = make(chan fate, inHand)
	})
}

// Wake tells the worker that a letter waits in the outbox. It never blocks.
func (w *Worker) Wake() {
	w.start()
	time.AfterFunc(aside, w.ring)
}

func (w *Worker) ring() {
	select {
	case w.sweep <- struct{}{}:
	default: // all are about to look
	}
}

// Reserve keeps a place for a letter, if one is free.
func (w *Worker) Reserve() *magiclink.Take {
	w.start()
	if w.stopped.Load() {
		return nil
	}
	select {
	case w.places <- struct{}{}:
		return w.take()
	default:
		return nil
	}
}

func (w *Worker) take() *magiclink.Take {
	take := w.Take
	take.Imitate = w.recent.imitate
	return &take
}

// Hand takes over the letter that a place was kept for; nil frees the place.
func (w *Worker) Hand(c *magiclink.Claim) {
	if c == nil {
		<-w.places
		return
	}
	time.AfterFunc(aside, func() { w.hand <- c }) // it never blocks: there are as many places
}

// Run sends letters until ctx ends, then finishes those in hand.
func (w *Worker) Run(ctx context.Context) {
	w.start()
	var working, recording sync.WaitGroup
	for range workers {
		working.Go(func() { w.work(ctx) })
	}
	recording.Go(func() { w.recordFates(context.WithoutCancel(ctx)) })
	w.watch(ctx)
	working.Wait()
	close(w.fates)
	recording.Wait()
	w.Senders.Close()
}

func (w *Worker) work(ctx context.Context) {
	for {
		select {
		case c := <-w.hand:
			<-w.places
			w.handed(ctx, c)
		case <-w.sweep:
			for w.send(ctx) {
				w.ring() // the others may help
			}
		case <-ctx.Done():
			w.stopped.Store(true)
			w.empty(ctx)
			return
		}
	}
}

// empty finishes the letters that requests handed over before the end, or are about
// to.
func (w *Worker) empty(ctx context.Context) {
	enough := time.After(time.Second) // what comes later is in the outbox, for whoever comes next
	for len(w.places) > 0 {
		select {
		case c := <-w.hand:
			<-w.places
			w.handed(ctx, c)
		case <-time.After(aside):
		case <-enough:
			return
		}
	}
}

// watch sweeps up letters that nobody rings for: retries, leases of a process
// that died, and those that another replica stored and could not send.
func (w *Worker) watch(ctx context.Context) {
	for {
		wait := pollIdle
		next, err := w.Outbox.NextLetterAt(ctx, w.Now())
		if err != nil && ctx.Err() == nil {
			w.Log.Error("outbox", "error", err)
		}
		if !next.IsZero() {
			if wait = min(pollIdle, next.Sub(w.Now())); wait <= 0 {
				w.ring()
				wait = time.Second
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// send is SendOne with its error logged.
func (w *Worker) send(ctx context.Context) (more bool) {
	if ctx.Err() != nil {
		return false
	}
	more, err := w.SendOne(ctx)
	if err != nil {
		w.Log.Error("mail", "error", err)
	}
	return more
}

// SendOne claims and sends one letter of the outbox. It reports whether there
// was one. A letter that could not be sent is no error: it is recorded and tried
// again.
func (w *Worker) SendOne(ctx context.Context) (bool, error) {
	claim, err := w.Outbox.ClaimLetter(ctx, w.Now(), w.take())
	if errors.Is(err, idp.ErrNotFound) || err != nil && ctx.Err() != nil {
		return false, nil // a stop cuts claims off; their letters stay in the queue
	}
	if err != nil {
		return false, err
	}
	if claim != nil {
		w.record(ctx, w.finish(ctx, claim))
	}
	return true, nil
}

// handed sends a letter that came from its request. One that waited here for half
// its lease, behind a slow mail server, goes back to the outbox: sent later, it
// could meet its second try.
func (w *Worker) handed(ctx context.Context, c *magiclink.Claim) {
	now := w.Now()
	if now.Sub(c.Letter.AskedAt) < Lease/2 {
		w.fates <- w.finish(ctx, c)
		return
	}
	w.record(ctx, fateOf(c, magiclink.Delivery{State: magiclink.Deferred, NextAt: now, Reason: magiclink.Busy, Unsent: c.Minted.Stored.ID}, 0))
	w.ring()
}

// finish sends a letter that is ours, even while the process stops.
func (w *Worker) finish(ctx context.Context, claim *magiclink.Claim) fate {
	began := w.Now()
	d := w.deliver(context.WithoutCancel(ctx), claim)
	return fateOf(claim, d, w.Now().Sub(began))
}

func (w *Worker) deliver(ctx context.Context, claim *magiclink.Claim) magiclink.Delivery {
	ctx, cancel := context.WithTimeout(ctx, Lease-margin-w.Now().Sub(claim.TakenAt))
	defer cancel()
	var d magiclink.Delivery
	var f *Failure
	msg, err := w.Compose.Compose(claim, w.Now())
	if err == nil {
		d.Server, f = w.Senders.Send(ctx, msg, claim.Last)
	} else {
		f = &Failure{Verdict: Later, Reason: magiclink.Busy, Reply: "cannot be composed: " + err.Error()}
	}
	now := w.Now()
	defer func() { w.recent.add(&d, now.Sub(claim.TakenAt), now) }()
	if f == nil {
		d.State, d.AcceptedAt = magiclink.Accepted, now
		if w.Accepted != nil {
			w.Accepted(now.Sub(claim.Letter.AskedAt))
		}
		return d
	}
	d.Reply, d.Reason = f.Reply, f.Reason
	if !f.unsure {
		d.Unsent = claim.Minted.Stored.ID
	}
	if f.Verdict == Final || f.Verdict == Unwanted {
		d.State, d.RefusedAt = magiclink.Refused, now
		return d
	}
	pause := retryPause(claim.Tries)
	if claim.Letter.Template != magiclink.SignInLetter && claim.Tries >= patientAfter {
		pause = patientPause
	}
	if f.untried {
		pause = retryAfter[0]
	}
	if f.Verdict == Elsewhere {
		pause = max(pause, w.Senders.rest())
	}
	d.State, d.NextAt = magiclink.Deferred, now.Add(pause)
	return d
}

func retryPause(tries int) time.Duration { return retryAfter[min(tries, len(retryAfter))-1] }
