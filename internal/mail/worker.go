package mail

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"idp/internal/idp"
	"idp/internal/magiclink"
)

// Outbox is the queue of letters.
type Outbox interface {
	// ClaimLetter returns idp.ErrNotFound if nothing is due, and nil if the letter
	// was skipped because its recipient may not sign in.
	ClaimLetter(ctx context.Context, now time.Time, lease time.Duration,
		mint func(challengeID string) magiclink.Minted, mayReceive func(email string, known bool) bool) (*magiclink.Claim, error)
	// LetterDone returns idp.ErrConflict if the lease ran out.
	LetterDone(ctx context.Context, id string, tries int, d magiclink.Delivery) error
	NextLetterAt(ctx context.Context, now time.Time) (time.Time, error)
}

// Worker sends letters.
type Worker struct {
	Outbox  Outbox
	Login   *magiclink.Service
	Signup  magiclink.Signup
	Compose *Composer
	Sender  *Sender
	Log     *slog.Logger
	Now     func() time.Time

	rung  chan struct{} // one ring per letter of our own
	sweep chan struct{} // there may be any number
	once  sync.Once
}

const (
	workers  = 4
	lease    = 30 * time.Second // a try that takes longer may become a second mail, never a lost one
	pollIdle = 5 * time.Second
)

// retryAfter are the pauses after the first, second, … failed try.
var retryAfter = []time.Duration{5 * time.Second, 15 * time.Second, 45 * time.Second, 2 * time.Minute}

func (w *Worker) bells() (rung, sweep chan struct{}) {
	w.once.Do(func() { w.rung, w.sweep = make(chan struct{}, 256), make(chan struct{}, 1) })
	return w.rung, w.sweep
}

// Wake tells the worker that a letter was stored. It never blocks.
func (w *Worker) Wake() {
	rung, sweep := w.bells()
	select {
	case rung <- struct{}{}:
	default: // so many wait that they are better swept up together
		ring(sweep)
	}
}

func ring(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}

// Run sends letters until ctx ends, then finishes those in hand.
func (w *Worker) Run(ctx context.Context) {
	rung, sweep := w.bells()
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case <-rung:
					w.send(ctx)
				case <-sweep:
					for w.send(ctx) {
						ring(sweep) // the others may help
					}
				}
			}
		})
	}
	w.watch(ctx)
	wg.Wait()
	w.Sender.Close()
}

// watch sweeps up letters that nobody rings for: retries, leases of a process
// that died, and those that another replica stored and could not send.
func (w *Worker) watch(ctx context.Context) {
	_, sweep := w.bells()
	for {
		wait := pollIdle
		next, err := w.Outbox.NextLetterAt(ctx, w.Now())
		if err != nil && ctx.Err() == nil {
			w.Log.Error("outbox", "error", err)
		}
		if !next.IsZero() {
			if wait = min(pollIdle, next.Sub(w.Now())); wait <= 0 {
				ring(sweep)
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

// SendOne claims and sends one letter. It reports whether there was one. A
// letter that could not be sent is no error: it is recorded and tried again.
func (w *Worker) SendOne(ctx context.Context) (bool, error) {
	now := w.Now()
	claim, err := w.Outbox.ClaimLetter(ctx, now, lease, func(id string) magiclink.Minted { return w.Login.Mint(id, now) }, w.Signup.Allows)
	if errors.Is(err, idp.ErrNotFound) || err != nil && ctx.Err() != nil {
		return false, nil // a stop cuts claims off; their letters stay in the queue
	}
	if err != nil {
		return false, err
	}
	if claim == nil {
		return true, nil
	}
	// From here on the letter is ours: a stopping process still finishes it.
	ctx = context.WithoutCancel(ctx)
	d := w.deliver(ctx, claim)
	err = w.Outbox.LetterDone(ctx, claim.Letter.ID, claim.Tries, d)
	w.Log.Info("mail", "letter", claim.Letter.ID, "client", claim.Letter.ClientID, "state", d.State, "try", claim.Tries,
		"server", d.Server, "reply", d.Reply, "ms", w.Now().Sub(now).Milliseconds())
	if errors.Is(err, idp.ErrConflict) {
		return true, nil // the lease ran out and another worker has it
	}
	return true, err
}

func (w *Worker) deliver(ctx context.Context, claim *magiclink.Claim) magiclink.Delivery {
	d := magiclink.Delivery{Server: w.Sender.Name()}
	msg, err := w.Compose.Compose(claim, w.Now())
	if err == nil {
		err = w.Sender.Send(ctx, msg)
	}
	now := w.Now()
	if err == nil {
		d.State, d.AcceptedAt = magiclink.Accepted, now
		return d
	}
	code, final := refused(err)
	d.Reply = reason(code, err)
	if final {
		d.State = magiclink.Refused
		return d
	}
	d.State = magiclink.Deferred
	d.NextAt = now.Add(retryAfter[min(claim.Tries, len(retryAfter))-1])
	return d
}
