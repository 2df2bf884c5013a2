package storage_test

import (
	"context"
	"errors"
	"fmt"
	neturl "net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/secret"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// parties counts the shared transactions and those that were undone, and breaks them if
// it is told to.
type parties struct {
	sharing
	undone  atomic.Int64
	largest atomic.Int64 // the statements of the largest
	relaxed atomic.Int64 // those that did not wait for the disk
	after   func()       // each that was undone
}

type party struct{}

func (p *parties) TraceBatchStart(ctx context.Context, c *pgx.Conn, d pgx.TraceBatchStartData) context.Context {
	if !strings.Contains(d.Batch.QueuedQueries[0].SQL, "lock_timeout") {
		return ctx
	}
	for n := p.largest.Load(); n < int64(d.Batch.Len()) && !p.largest.CompareAndSwap(n, int64(d.Batch.Len())); {
		n = p.largest.Load()
	}
	if relaxed(c) {
		p.relaxed.Add(1)
	}
	return p.sharing.TraceBatchStart(context.WithValue(ctx, party{}, true), c, d)
}

func (p *parties) TraceBatchEnd(ctx context.Context, _ *pgx.Conn, d pgx.TraceBatchEndData) {
	if d.Err == nil || ctx.Value(party{}) == nil {
		return
	}
	p.undone.Add(1)
	if p.after != nil {
		p.after()
	}
}

// crowded is a store whose shared transactions are counted, and a connection beside it.
func crowded(t *testing.T, breaks bool) (*storage.Store, *parties, *pgx.Conn) {
	t.Helper()
	url := testdb.URL(t, "postgres")
	testdb.Open(t, url)
	s, seen := counted(t, url, breaks, "")
	return s, seen, connect(t, url)
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(context.Background()) })
	return c
}

// counted asks the database in a way of pgx, "" for the usual one.
func counted(t *testing.T, url string, breaks bool, way string) (*storage.Store, *parties) {
	t.Helper()
	u, err := neturl.Parse(url)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("statement_timeout", "0") // nothing else ends a wait
	if way != "" {
		q.Set("default_query_exec_mode", way)
	}
	u.RawQuery = q.Encode()
	seen := &parties{sharing: sharing{breaks: breaks}}
	s, err := storage.Open(storage.Options{URL: u.String(), Tracer: seen})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, seen
}

// hand is a courier who gives each letter to the request that asked for it.
type hand struct {
	take *magiclink.Take
	in   *magiclink.Claim
}

func (h *hand) Wake()                    {}
func (h *hand) Reserve() *magiclink.Take { return h.take }
func (h *hand) Hand(c *magiclink.Claim)  { h.in = c }

// asking is a service whose letters come to the hand.
func asking(t *testing.T, s *storage.Store, perNewDomain int) (*mailbox, *hand) {
	m, h := newMailbox(t, s), &hand{}
	h.take = m.take()
	settings := magiclink.Defaults()
	settings.Limits.SendUnknown.Max, settings.Limits.SendPerNewDomain.Max = 1000, perNewDomain
	m.login = magiclink.NewService(s, m.keys(), settings, func() time.Time { return m.now }, h)
	h.take.Mint = m.login.Mint
	return m, h
}

// signInAndRefresh goes all the way of a sign-in, and checks that all on it is of the
// same person.
func signInAndRefresh(t *testing.T, s *storage.Store, email, network string) {
	m, h := asking(t, s, 1000)
	c, err := m.login.Start(t.Context(), email, "", "app", asker(network, network))
	if err != nil || h.in == nil {
		t.Errorf("%s asks: %v", email, err)
		return
	}
	ok, _, err := m.use(h.in.Minted, asker(network, network))
	if err != nil || ok.User.Email != email || ok.Challenge.ID != c.ID {
		t.Errorf("%s signed in as %q: %v", email, ok.User.Email, err)
		return
	}
	g := m.grantFor(ok)
	if _, u, err := s.RedeemCode(t.Context(), g, m.now); err != nil || u.Email != email {
		t.Errorf("the code of %s is for %q: %v", email, u.Email, err)
	}
	if err := s.AdvanceGrant(t.Context(), g, g.Generation+1, m.now.Add(time.Hour), m.now); err != nil {
		t.Errorf("refresh of %s: %v", email, err)
	}
	if _, _, err := m.use(h.in.Minted, asker(network, network)); !errors.Is(err, idp.ErrUsed) {
		t.Errorf("a link used twice: %v", err)
	}
}

// However many change something at once, each gets what is its own: also where no
// transaction works that several share.
func TestSharedWritesAreEverybodysOwn(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol", "broken"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			url := testdb.URL(t, "postgres")
			testdb.Open(t, url)
			breaks := way == "broken"
			if breaks {
				way = ""
			}
			s, seen := counted(t, url, breaks, way)
			const people, times = 40, 3
			var all sync.WaitGroup
			for i := range people {
				all.Go(func() {
					for range times {
						signInAndRefresh(t, s, fmt.Sprintf("p%d@example.com", i), fmt.Sprintf("192.0.2.%d", i))
					}
				})
			}
			all.Wait()
			if seen.n.Load() == 0 {
				t.Error("nobody travelled together")
			}
			const sum = `SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM sessions s JOIN users u ON u.id = s.user_id),
				(SELECT count(*) FROM grants g JOIN sessions s ON s.id = g.session_id AND s.user_id = g.user_id WHERE g.generation = 2),
				(SELECT count(DISTINCT g.session_id) FROM grants g), (SELECT count(*) FROM challenges WHERE state = 'approved')`
			var users, sessions, grants, holding, approved int
			beside := connect(t, url)
			if err := beside.QueryRow(t.Context(), sum).Scan(&users, &sessions, &grants, &holding, &approved); err != nil {
				t.Fatal(err)
			}
			if users != people || sessions != people*times || grants != sessions || holding != sessions || approved != sessions {
				t.Errorf("%d users, %d sessions, %d of their grants refreshed, %d sessions with a grant, %d challenges used", users, sessions, grants, holding, approved)
			}
			for range 4 {
				conn, err := storage.HoldForTest(s)
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				var left string
				if err := conn.QueryRowContext(t.Context(), `SHOW lock_timeout`).Scan(&left); err != nil || left != "0" {
					t.Errorf("a connection is left with a lock_timeout of %s, %v", left, err)
				}
			}
		})
	}
}

// waiting is a context that tells when somebody waits for its end: who joins others
// does, and who goes alone does not.
type waiting struct {
	context.Context
	once sync.Once
	seen chan struct{}
}

func newWaiting(t *testing.T) *waiting {
	return &waiting{Context: t.Context(), seen: make(chan struct{})}
}

func (w *waiting) Done() <-chan struct{} {
	w.once.Do(func() { close(w.seen) })
	return w.Context.Done()
}

// together makes calls so that they share a transaction, one behind the other: while
// another one waits, for the text that beside holds. It tries until one had as many
// statements as theirs are.
func (p *parties) together(t *testing.T, s *storage.Store, beside *pgx.Conn, statements int, calls func(try int) []func(*waiting) error) (errs []error) {
	t.Helper()
	for try := range 50 {
		list := calls(try)
		p.largest.Store(0)
		var all sync.WaitGroup
		tx := inFront(t, &all, s, beside, once(fmt.Sprint("front", try)))
		errs = make([]error, len(list))
		for i, call := range list {
			w := newWaiting(t)
			all.Go(func() { errs[i] = call(w) })
			<-w.seen
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
		all.Wait()
		if p.largest.Load() > int64(statements) { // the one about locks is in front
			return errs
		}
	}
	t.Fatal("they never travelled together")
	return nil
}

// inFront spends o at s, and returns once that waits for beside, which holds it.
func inFront(t *testing.T, all *sync.WaitGroup, s *storage.Store, beside *pgx.Conn, o idp.Once) pgx.Tx {
	t.Helper()
	tx := holds(t, beside, o)
	all.Go(func() {
		if err := s.Spend(t.Context(), o); err != nil {
			t.Errorf("in front: %v", err)
		}
	})
	for waits := 0; waits == 0; {
		if err := tx.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid`).Scan(&waits); err != nil {
			t.Fatal(err)
		}
	}
	return tx
}

// holds keeps a text for itself without saying yet whether it is spent.
func holds(t *testing.T, c *pgx.Conn, o idp.Once) pgx.Tx {
	t.Helper()
	tx, err := c.Begin(t.Context())
	if err == nil {
		_, err = tx.Exec(t.Context(), `INSERT INTO spent (id, expires_at) VALUES ($1, $2)`, string(o.Hash), o.Expires.UnixMilli())
	}
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

func once(text string) idp.Once {
	return idp.Once{Hash: secret.Hash(text), Expires: start.Add(time.Hour)}
}

// What the database refuses of one undoes it for all, and all the others do theirs
// again: nobody heard of a success before it was committed.
func TestOneSpoilsItForNobodyElse(t *testing.T) {
	t.Parallel()
	s, seen, beside := crowded(t, false)
	var spent []idp.Once
	errs := seen.together(t, s, beside, 6, func(try int) (calls []func(*waiting) error) {
		spent = nil
		for i := range 6 {
			o := once(fmt.Sprintf("%d of try %d", i, try))
			if spent = append(spent, o); i == 3 {
				o = once("\xff is no text")
			}
			calls = append(calls, func(w *waiting) error { return s.Spend(w, o) })
		}
		return calls
	})
	for i, err := range errs {
		if (err != nil) != (i == 3) {
			t.Errorf("%d: %v", i, err)
		}
		if ok, err := s.Spent(t.Context(), spent[i].Hash); err != nil || ok != (i != 3) {
			t.Errorf("%d was spent: %v, %v", i, ok, err)
		}
	}
	if n := seen.relaxed.Load(); n > 0 {
		t.Errorf("%d transactions did not wait for the disk", n)
	}
}

// Of those who want the same in one transaction, one gets it.
func TestOneWinnerOfAParty(t *testing.T) {
	t.Parallel()
	s, seen, beside := crowded(t, false)
	errs := seen.together(t, s, beside, 6, func(try int) []func(*waiting) error {
		return slices.Repeat([]func(*waiting) error{func(w *waiting) error { return s.Spend(w, once(fmt.Sprint("wanted", try))) }}, 6)
	})
	won := 0
	for _, err := range errs {
		var spent *idp.SpentError
		if err == nil {
			won++
		} else if !errors.As(err, &spent) {
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d of %d won", won, len(errs))
	}
	if n := seen.relaxed.Load(); n > 0 {
		t.Errorf("%d transactions did not wait for the disk", n)
	}
}

// Two processes whose parties want the same, one in this order and one in that, wait for
// each other and do not for long: all is done once.
func TestPartiesOfTwoProcessesMeet(t *testing.T) {
	t.Parallel()
	url := testdb.URL(t, "postgres")
	testdb.Open(t, url)
	var stores [2]*storage.Store
	var seen [2]*parties
	var fronts [2]*pgx.Conn
	for i := range stores {
		stores[i], seen[i] = counted(t, url, false, "")
		fronts[i] = connect(t, url)
	}
	const texts = 15
	for try := range 50 {
		var won [texts]atomic.Int32
		var all sync.WaitGroup
		var held [2]pgx.Tx
		for of, s := range stores {
			held[of] = inFront(t, &all, s, fronts[of], once(fmt.Sprint("front", of, try)))
		}
		for n := range texts {
			for of, i := range []int{n, texts - 1 - n} {
				w := newWaiting(t)
				all.Go(func() {
					var spent *idp.SpentError
					if err := stores[of].Spend(w, once(fmt.Sprint(i, "of", try))); err == nil {
						won[i].Add(1)
					} else if !errors.As(err, &spent) {
						t.Errorf("%d: %v", i, err)
					}
				})
				<-w.seen
			}
		}
		for _, tx := range held {
			if err := tx.Rollback(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		all.Wait()
		for i := range won {
			if n := won[i].Load(); n != 1 {
				t.Errorf("%d was spent %d times", i, n)
			}
		}
		if t.Failed() || seen[0].undone.Load()+seen[1].undone.Load() > 0 {
			return
		}
	}
	t.Error("no two of them ever waited for each other")
}

// Who waits for a row that somebody holds keeps nobody else from changing others.
func TestAHeldRowHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	s, seen, beside := crowded(t, false)
	held := once("held")
	tx, stuck, asked := holds(t, connect(t, beside.Config().ConnString()), held), make(chan error, 50), 0
	errs := seen.together(t, s, beside, 9, func(try int) (calls []func(*waiting) error) {
		for i := range 8 {
			o := once(fmt.Sprintf("%d of try %d", i, try))
			calls = append(calls, func(w *waiting) error { return s.Spend(w, o) })
		}
		asked++
		return append(calls, func(w *waiting) error {
			go func() { stuck <- s.Spend(w, held) }()
			return nil
		})
	})
	for i, err := range errs { // they are done, and the row is still held
		if err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	if len(stuck) != 0 {
		t.Errorf("who waits has an answer: %v", <-stuck)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	won := 0
	for range asked {
		if err := <-stuck; err == nil {
			won++
		}
	}
	if won != 1 {
		t.Errorf("%d got the row once it was free", won)
	}
}

// What travels together only reads: a server that takes no changes answers it.
func TestGlancesOnlyRead(t *testing.T) {
	t.Parallel()
	ctx, url := context.Background(), testdb.URL(t, "postgres")
	m := newMailbox(t, testdb.Open(t, url))
	c, _ := m.ask("ada@example.com", "b")
	s := testdb.Open(t, url+map[bool]string{true: "&", false: "?"}[strings.Contains(url, "?")]+"default_transaction_read_only=on")
	if _, err := s.Status(ctx, c.ID, m.now); err != nil {
		t.Errorf("status: %v", err)
	}
	if _, err := s.Challenge(ctx, c.ID); err != nil {
		t.Errorf("challenge: %v", err)
	}
	_, _, grant := s.Grant(ctx, "grt_x", m.now)
	_, backing := s.Backing(ctx, "grt_x", false, m.now)
	_, signedIn := s.SignedIn(ctx, secret.NewToken().Hash(secret.KindSession), "web", m.now)
	for what, err := range map[string]error{"grant": grant, "backing": backing, "session": signedIn} {
		if !errors.Is(err, idp.ErrNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// What ends a connection may have come after the commit: nothing is done again.
func TestNothingIsDoneAgainThatMayBeDone(t *testing.T) {
	t.Parallel()
	s, seen, beside := crowded(t, false)
	var wanted []idp.Once
	errs := seen.together(t, s, beside, 6, func(try int) (calls []func(*waiting) error) {
		wanted = nil
		for i := range 5 {
			o := once(fmt.Sprintf("%d of try %d", i, try))
			wanted = append(wanted, o)
			calls = append(calls, func(w *waiting) error { return s.Spend(w, o) })
		}
		return append(calls, func(w *waiting) error {
			return storage.JointlyForTest(w, s, `SELECT pg_terminate_backend(pg_backend_pid())`)
		})
	})
	for i, err := range errs {
		if err == nil {
			t.Errorf("%d was told that all is well", i)
		}
	}
	for i, o := range wanted {
		if spent, err := s.Spent(t.Context(), o.Hash); err != nil || spent {
			t.Errorf("%d was spent: %v, %v", i, spent, err)
		}
	}
}

// What a transaction found that was undone counts for nothing. Here a browser signs in
// once more while somebody else spoils it, and when they try again, things have changed.
func TestWhatWasUndoneIsForgotten(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change string
		want   error
	}{
		"disabled":   {`UPDATE users SET disabled_at = 1`, idp.ErrRevoked},
		"signed out": {`UPDATE sessions SET revoked_at = 1`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, seen, beside := crowded(t, false)
			url := beside.Config().ConnString()
			m, change := newMailbox(t, testdb.Open(t, url)), connect(t, url)
			seen.after = func() {
				if _, err := change.Exec(t.Context(), tt.change); err != nil {
					t.Error(err)
				}
			}
			var ok magiclink.Approval
			var session idp.Session
			errs := seen.together(t, s, beside, 10, func(try int) []func(*waiting) error {
				testdb.Exec(t, url, `UPDATE users SET disabled_at = 0`)
				browser, hash := fmt.Sprint("b", try), secret.Hash(fmt.Sprint("new", try))
				_, mail := m.ask(fmt.Sprintf("p%d@example.com", try), browser)
				before, token, err := m.use(mail, asker(browser, "192.0.2.1"))
				if err != nil {
					t.Fatal(err)
				}
				_, mail = m.ask(before.User.Email, browser)
				session = before.Session
				session.ID = fmt.Sprint("ses_new", try)
				return []func(*waiting) error{
					func(w *waiting) (err error) {
						ok, err = s.ApproveByLink(w, magiclink.LinkUse{
							Link: mail.Link.Hash(secret.KindLink), Browser: asker(browser, "").Browser, Session: session, SessionHash: hash,
							Replaces: token.Hash(secret.KindSession), Now: m.now,
						})
						return err
					},
					func(w *waiting) error { return s.Spend(w, once("\xff")) },
				}
			})
			if !errors.Is(errs[0], tt.want) {
				t.Errorf("signed in: %v, want %v", errs[0], tt.want)
			}
			if tt.want == nil && (ok.Session.ID != session.ID || ok.Challenge.SessionID != session.ID) {
				t.Errorf("signed in to %s, the challenge says %s: want the new session", ok.Session.ID, ok.Challenge.SessionID)
			}
		})
	}
}

// So does what it was told row by row.
func TestEachRunForgetsTheLast(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		if rows, err := storage.ToldTwiceForTest(s); rows != 0 || err != nil {
			t.Errorf("%d rows of the first run are left, %v", rows, err)
		}
	})
}
