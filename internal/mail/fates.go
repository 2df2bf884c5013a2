package mail

import (
	"context"
	"log/slog"
	"time"

	"idp/internal/magiclink"
)

// gathering is how long a letter's fate waits for others, to be written down with
// them: a transaction for each is as much work for the database as the rest of the
// letter. Nobody but the waiting page looks at it.
const gathering = 20 * time.Millisecond

// fate is what became of one try of a letter, with what the log says of it.
type fate struct {
	magiclink.Fate
	client string
	took   time.Duration
}

func fateOf(c *magiclink.Claim, d magiclink.Delivery, took time.Duration) fate {
	return fate{magiclink.Fate{LetterID: c.Letter.ID, Try: c.Tries, Delivery: d}, c.Letter.ClientID, took}
}

// recordFates writes down what became of letters until no more are to come. A
// process that dies before it wrote sends them again, as it would if it died
// before the mail server's word reached it.
func (w *Worker) recordFates(ctx context.Context) {
	for first := range w.fates {
		w.record(ctx, w.gather(first)...)
	}
}

// gather returns first and what joins it in time.
func (w *Worker) gather(first fate) []fate {
	fates, over := []fate{first}, time.After(gathering)
	for len(fates) < inHand {
		select {
		case f, more := <-w.fates:
			if !more {
				return fates
			}
			fates = append(fates, f)
		case <-over:
			return fates
		}
	}
	return fates
}

func (w *Worker) record(ctx context.Context, fates ...fate) {
	plain := make([]magiclink.Fate, len(fates))
	for i, f := range fates {
		plain[i] = f.Fate
	}
	late, err := w.noted(context.WithoutCancel(ctx), plain)
	for _, f := range fates {
		level := slog.LevelInfo
		if f.Delivery.Reason == magiclink.Unreachable {
			level = slog.LevelWarn // it is not about the letter
		}
		w.Log.Log(ctx, level, "mail", "letter", f.LetterID, "client", f.client, "state", f.Delivery.State, "try", f.Try,
			"server", f.Delivery.Server, "reply", f.Delivery.Reply, "ms", f.took.Milliseconds())
	}
	if err != nil {
		w.Log.Error("mail", "error", err)
	}
	for _, id := range late { // another worker has it
		w.Log.Warn("mail", "letter", id, "error", "it took longer than its lease and may go out twice")
	}
}

// noted writes down fates, again and again for most of a lease while that fails: the
// mail servers have these letters, and once their leases are over they would go out a
// second time.
func (w *Worker) noted(ctx context.Context, fates []magiclink.Fate) (late []string, err error) {
	for pause := gathering; ; pause *= 2 {
		late, err = w.Outbox.LettersDone(ctx, fates)
		if err == nil || pause > Lease/2 {
			return late, err
		}
		time.Sleep(pause)
	}
}
