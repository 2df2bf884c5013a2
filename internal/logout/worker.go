package logout

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"idp/internal/idp"
	"idp/internal/outbound"
)

// Queue is where notices wait.
type Queue interface {
	// ClaimNotice returns idp.ErrNotFound if nothing is due but for the clients in
	// busy.
	ClaimNotice(ctx context.Context, busy []string, lease time.Duration, now time.Time) (idp.LogoutNotice, idp.Client, error)
	// NoticeDone returns idp.ErrConflict if the lease ran out.
	NoticeDone(ctx context.Context, id string, f idp.NoticeFate) error
	// NextNoticeAt is the zero time if no notice waits but for the clients in busy.
	NextNoticeAt(ctx context.Context, busy []string) (time.Time, error)
}

// Worker delivers notices.
type Worker struct {
	Queue Queue
	// Token signs what a client is told.
	Token func(*idp.Client, idp.LogoutNotice) (string, error)
	Out   *outbound.Client
	Log   *slog.Logger
	Now   func() time.Time
	// Idle is how long at most it waits for the bell before it looks by itself.
	Idle time.Duration

	once     sync.Once
	bell     chan struct{}
	mu       sync.Mutex
	inFlight map[string]int // by client
	total    int
	work     sync.WaitGroup
}

// Timeout bounds one delivery, and Idle is what a Worker.Idle should be.
const (
	Timeout = 5 * time.Second
	Idle    = 5 * time.Second
)

const (
	lease     = 30 * time.Second
	perClient = 2   // deliveries to one client at a time
	atOnce    = 128 // deliveries of one process at a time
)

func (w *Worker) start() {
	w.once.Do(func() { w.bell, w.inFlight = make(chan struct{}, 1), map[string]int{} })
}

// Wake tells the worker that a notice waits. It never blocks.
func (w *Worker) Wake() {
	w.start()
	select {
	case w.bell <- struct{}{}:
	default: // it is about to look
	}
}

// Run delivers notices until ctx ends, then finishes those in hand.
func (w *Worker) Run(ctx context.Context) {
	w.start()
	for ctx.Err() == nil {
		_, wait := w.round(ctx)
		select {
		case <-ctx.Done():
		case <-w.bell:
		case <-time.After(wait):
		}
	}
	w.work.Wait()
}

// RunOnce delivers everything that is due and returns when the answers are there.
func (w *Worker) RunOnce(ctx context.Context) {
	w.start()
	for began := 1; began > 0; {
		began, _ = w.round(ctx)
		w.work.Wait()
	}
}

// round begins all deliveries that may begin now. It returns how many, and when
// to look again: notices of other replicas and of processes that died ring no
// bell.
func (w *Worker) round(ctx context.Context) (began int, wait time.Duration) {
	for ; ; began++ {
		busy, full := w.busy()
		if full {
			return began, w.Idle // every delivery that ends rings
		}
		// Looking costs no write, and there is hardly ever anything to claim.
		next, err := w.Queue.NextNoticeAt(ctx, busy)
		if err != nil {
			return began, w.later(ctx, err)
		}
		if next.IsZero() {
			return began, w.Idle
		}
		if ahead := next.Sub(w.Now()); ahead > 0 {
			return began, min(ahead, w.Idle)
		}
		n, client, err := w.Queue.ClaimNotice(ctx, busy, lease, w.Now())
		if err != nil {
			return began, w.later(ctx, err)
		}
		w.begin(n.ClientID)
		w.work.Go(func() {
			w.finish(context.WithoutCancel(ctx), n, client)
			w.end(n.ClientID)
			w.Wake()
		})
	}
}

// later is the pause after an error, or after another replica was faster.
func (w *Worker) later(ctx context.Context, err error) time.Duration {
	if errors.Is(err, idp.ErrNotFound) {
		return time.Second
	}
	if ctx.Err() == nil {
		w.Log.Error("logout notices", "error", err)
	}
	return w.Idle
}

// busy lists the clients that have as many deliveries as they may, and says
// whether the process has.
func (w *Worker) busy() (ids []string, full bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, n := range w.inFlight {
		if n >= perClient {
			ids = append(ids, id)
		}
	}
	return ids, w.total >= atOnce
}

func (w *Worker) begin(clientID string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.inFlight[clientID]++
	w.total++
}

func (w *Worker) end(clientID string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.total--
	if w.inFlight[clientID]--; w.inFlight[clientID] == 0 {
		delete(w.inFlight, clientID)
	}
}
