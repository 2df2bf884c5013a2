package audit_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/glebarez/sqlite"
	_ "github.com/jackc/pgx/v5/stdlib"

	"idp/internal/audit"
	"idp/internal/secret"
	"idp/internal/storage"
	"idp/internal/testdb"
)

var start = time.UnixMilli(1_800_000_000_000).UTC()

// book is an audit log in a database of its own.
type book struct {
	t     *testing.T
	url   string
	store *storage.Store
	keys  *audit.Keys
	now   time.Time
}

func newBook(t *testing.T, url string) *book {
	t.Helper()
	b := &book{t: t, url: url, store: testdb.Open(t, url), now: start}
	root, err := secret.NewKeyring(secret.TokenOf(strings.Repeat("r", 32)))
	if err != nil {
		t.Fatal(err)
	}
	if b.keys, err = audit.LoadKeys(context.Background(), b.store, root); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *book) sealer() *audit.Sealer {
	return &audit.Sealer{Store: b.store, Keys: b.keys, Now: func() time.Time { return b.now }}
}

// write stores n events and seals them.
func (b *book) write(n int) {
	b.t.Helper()
	for i := range n {
		b.now = b.now.Add(time.Minute)
		err := b.store.Record(context.Background(), audit.Event{
			At: b.now, Name: audit.LimitHit, Actor: audit.Unknown, Subject: fmt.Sprintf("usr_%d", i%3), Client: "app", IP: "192.0.2.1", Result: "x", RequestID: "r",
		})
		if err != nil {
			b.t.Fatal(err)
		}
	}
	b.seal()
}

func (b *book) seal() {
	b.t.Helper()
	if _, err := b.sealer().Seal(context.Background()); err != nil {
		b.t.Fatal(err)
	}
}

func (b *book) verify(anchors ...audit.Anchor) audit.Report {
	b.t.Helper()
	r, err := audit.Verify(context.Background(), b.store, b.keys, anchors...)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// exec does to the database what only its owner can.
func (b *book) exec(statements ...string) {
	b.t.Helper()
	driver, address := "pgx", b.url
	if path, ok := strings.CutPrefix(b.url, "sqlite:"); ok {
		driver, address = "sqlite", path
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		b.t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.ExecContext(context.Background(), s); err != nil {
			b.t.Fatalf("%s: %v", s, err)
		}
	}
}

// Whoever owns the database and not the root secret leaves traces, whatever they
// do to the past.
func TestTamperingIsFound(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		do   []string
		want string
	}{
		"nothing":   {nil, ""},
		"name":      {[]string{`UPDATE audit_events SET name = 'user.deleted' WHERE seq = 5`}, "5 was changed"},
		"time":      {[]string{`UPDATE audit_events SET at = at + 1 WHERE seq = 5`}, "5 was changed"},
		"actor":     {[]string{`UPDATE audit_events SET actor = 'system' WHERE seq = 5`}, "5 was changed"},
		"subject":   {[]string{`UPDATE audit_events SET subject = 'usr_x' WHERE seq = 5`}, "5 was changed"},
		"client":    {[]string{`UPDATE audit_events SET client_id = '' WHERE seq = 5`}, "5 was changed"},
		"request":   {[]string{`UPDATE audit_events SET request_id = 's' WHERE seq = 5`}, "5 was changed"},
		"result":    {[]string{`UPDATE audit_events SET result = 'ok' WHERE seq = 5`}, "5 was changed"},
		"detail":    {[]string{`UPDATE audit_events SET detail = '{}' WHERE seq = 5`}, "5 was changed"},
		"hash":      {[]string{`UPDATE audit_events SET hash = 'x' WHERE seq = 5`}, "5 was changed"},
		"id":        {[]string{`UPDATE audit_events SET id = 'aud_0' WHERE seq = 5`}, "5 was changed"},
		"IP":        {[]string{`UPDATE audit_events SET ip = '192.0.2.2' WHERE seq = 5`}, "5 its address was changed"},
		"blank IP":  {[]string{`UPDATE audit_events SET ip = '', erased_at = 1 WHERE seq = 5`}, "5 its address was blanked, and nobody was deleted"},
		"no blank":  {[]string{`UPDATE audit_events SET erased_at = 1 WHERE seq = 5`}, "5 is marked as blanked and is not"},
		"deleted":   {[]string{`DELETE FROM audit_events WHERE seq = 5`}, "5 is missing"},
		"two gone":  {[]string{`DELETE FROM audit_events WHERE seq IN (5, 6)`}, "5 to 6 are missing"},
		"first":     {[]string{`DELETE FROM audit_events WHERE seq = 1`}, "1 is missing"},
		"unchained": {[]string{`UPDATE audit_events SET seq = 0 WHERE seq = 5`}, "5 is missing"},
		"closed up": {[]string{`DELETE FROM audit_events WHERE seq = 9`, `UPDATE audit_events SET seq = 9 WHERE seq = 10`, `UPDATE audit_ends SET seq = 9 WHERE name = 'last'`}, "9 was changed"},
		"inserted": {[]string{
			`UPDATE audit_events SET seq = 11 WHERE seq = 10`,
			`INSERT INTO audit_events (id, seq, at, name, actor, personal_mac, hash) SELECT 'aud_x', 10, at, name, actor, personal_mac, hash FROM audit_events WHERE seq = 9`,
			`UPDATE audit_ends SET seq = 11 WHERE name = 'last'`,
		}, "10 was changed"},
		"reordered": {[]string{`UPDATE audit_events SET seq = 99 WHERE seq = 5`, `UPDATE audit_events SET seq = 5 WHERE seq = 6`, `UPDATE audit_events SET seq = 6 WHERE seq = 99`}, "5 was changed"},
		"tail":      {[]string{`DELETE FROM audit_events WHERE seq > 7`}, "8 to 10 are missing at the end"},
		"tail, and the end moved": {[]string{
			`DELETE FROM audit_events WHERE seq > 7`,
			`UPDATE audit_ends SET seq = 7, hash = (SELECT hash FROM audit_events WHERE seq = 7) WHERE name = 'last'`,
		}, "7 the record of the last event was changed"},
		"beginning, and the end moved": {[]string{
			`INSERT INTO audit_ends (name, seq, hash, mac) SELECT 'first', 3, hash, 'x' FROM audit_events WHERE seq = 3`,
			`DELETE FROM audit_events WHERE seq <= 3`,
		}, "3 the record of what was purged was changed"},
		"in front": {[]string{forged(-1)}, "-1 is in front of the chain"},
		"no ends":  {[]string{`DELETE FROM audit_ends`}, "10 is behind the record of the last event"},
		"all":      {[]string{`DELETE FROM audit_events`}, "1 to 10 are missing at the end"},
	}
	testdb.EachKind(t, func(t *testing.T, kind string) {
		for what, tt := range tests {
			t.Run(what, func(t *testing.T) {
				t.Parallel()
				b := newBook(t, testdb.URL(t, kind))
				b.write(10)
				b.exec(tt.do...)
				faults := b.verify().Faults
				if tt.want == "" && len(faults) > 0 || tt.want != "" && !says(faults, tt.want) {
					t.Errorf("faults %v, want %q", faults, tt.want)
				}
			})
		}
	})
}

// forged is an event that nobody told.
func forged(seq int) string {
	return fmt.Sprintf(`INSERT INTO audit_events (id, seq, at, name, actor, personal_mac, hash) VALUES ('aud_x', %d, 1, 'user.deleted', 'admin:eve@host', 'x', 'x')`, seq)
}

// Threat: an event among those that were purged, where the walk along the chain does
// not come by, and which every search shows.
func TestNothingIsInFrontOfTheChain(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, url string) {
		b := newBook(t, url)
		b.write(20)
		if n, err := b.sealer().Purge(context.Background(), 10*time.Minute); n == 0 || err != nil {
			t.Fatal(n, err)
		}
		b.exec(forged(3))
		if faults := b.verify().Faults; !says(faults, "3 is in front of the chain") {
			t.Error(faults)
		}
	})
}

// Threat: a second event at one place, wherever the walk pauses.
func TestNoPlaceIsTakenTwice(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, url string) {
		b := newBook(t, url)
		events := make([]audit.Event, 2010)
		for i := range events {
			events[i] = audit.Event{At: b.now.Add(time.Duration(i) * time.Millisecond), Name: audit.LimitHit, Actor: audit.Unknown, Result: "x"}
		}
		if err := b.store.Record(context.Background(), events...); err != nil {
			t.Fatal(err)
		}
		b.seal()
		if r := b.verify(); len(r.Faults) > 0 || r.Events != 2010 {
			t.Fatalf("%d events, faults %v", r.Events, r.Faults)
		}
		b.exec(`DROP INDEX audit_chained`)
		for _, seq := range []int{999, 1000, 1001, 1998, 1999, 2000, 2010} {
			b.exec(forged(seq))
			if faults := b.verify().Faults; len(faults) == 0 {
				t.Errorf("a second event at %d is not found", seq)
			}
			b.exec(`DELETE FROM audit_events WHERE id = 'aud_x'`)
		}
	})
}

// meanwhile is a log in which something happens while somebody walks along it.
type meanwhile struct {
	*storage.Store
	pages map[int]func() // what happens before a page is read
	read  int
}

func (m *meanwhile) Chain(ctx context.Context, after int64, limit int) ([]audit.Sealed, error) {
	if do := m.pages[m.read]; do != nil {
		do()
	}
	m.read++
	return m.Store.Chain(ctx, after, limit)
}

// What is purged, and who is deleted, while somebody walks along the chain is no
// tampering.
func TestWhatHappensMeanwhileIsNoFault(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, url string) {
		b, ctx := newBook(t, url), context.Background()
		events := make([]audit.Event, 2010)
		for i := range events {
			events[i] = audit.Event{At: b.now.Add(time.Duration(i) * time.Second), Name: audit.LimitHit, Actor: audit.Unknown, Subject: "usr_c", IP: "192.0.2.1", Result: "x"}
		}
		if err := b.store.Record(ctx, events...); err != nil {
			t.Fatal(err)
		}
		b.seal()
		b.exec(`INSERT INTO users (id, email, created_at, updated_at) VALUES ('usr_c', 'carol@example.com', 1, 1)`)
		purge := func(to int) func() {
			return func() {
				b.now = events[to].At
				if n, err := b.sealer().Purge(ctx, 0); n == 0 || err != nil {
					t.Error(n, err)
				}
			}
		}
		remove := func() {
			b.now = events[2009].At.Add(time.Second)
			if err := b.store.DeleteUser(ctx, "usr_c", "carol", b.now); err != nil {
				t.Error(err)
			}
			b.seal()
		}
		r, err := audit.Verify(ctx, &meanwhile{Store: b.store, pages: map[int]func(){0: purge(10), 1: purge(1500), 2: remove}}, b.keys)
		if err != nil || len(r.Faults) > 0 || r.First != 1500 || r.Last < 2011 {
			t.Errorf("%d to %d, faults %v, %v", r.First, r.Last, r.Faults, err)
		}
		b.now = b.now.Add(time.Hour)
		if n, err := b.sealer().Purge(ctx, 0); n == 0 || err != nil {
			t.Fatal(n, err)
		}
		if r := b.verify(); len(r.Faults) > 0 {
			t.Error(r.Faults)
		}
	})
}

func says(faults []audit.Fault, want string) bool {
	for _, f := range faults {
		if strings.HasPrefix(fmt.Sprintf("%d %s", f.Seq, f.What), want) {
			return true
		}
	}
	return false
}

// Putting the whole database back to an earlier day is nothing that the database
// itself can tell of. Whoever wrote an anchor down can.
func TestAnchorFindsACutEnd(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, url string) {
		b := newBook(t, url)
		b.write(5)
		b.exec(`CREATE TABLE copied AS SELECT * FROM audit_ends`)
		b.write(5)
		r := b.verify()
		anchor := audit.Anchor{Seq: r.Last, Hash: r.Hash}
		if len(r.Faults) > 0 || len(b.verify(anchor).Faults) > 0 {
			t.Fatalf("an untouched chain has faults: %v", r.Faults)
		}
		b.exec(`DELETE FROM audit_events WHERE seq > 5`, `DELETE FROM audit_ends`, `INSERT INTO audit_ends SELECT * FROM copied`)
		if r := b.verify(); len(r.Faults) != 0 {
			t.Fatalf("the documents say that this cannot be seen: %v", r.Faults)
		}
		if !says(b.verify(anchor).Faults, "10 of the anchor is not there") {
			t.Fatal("the anchor did not notice")
		}
		b.write(5)
		if !says(b.verify(anchor).Faults, "10 is not the event of the anchor") {
			t.Fatal("the anchor did not notice that the chain went on")
		}
	})
}

// Threat: whoever owns the database takes every event's place away, changes what they
// like, and lets a server make the chain anew. docs/audit.md says that anchors find it.
func TestAnchorFindsAChainMadeAnew(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, url string) {
		b := newBook(t, url)
		b.write(10)
		r := b.verify()
		b.exec(`UPDATE audit_events SET result = 'y' WHERE seq = 5`, `UPDATE audit_events SET seq = 0, hash = '', personal_mac = ''`, `DELETE FROM audit_ends`)
		b.seal()
		if r := b.verify(); len(r.Faults) != 0 || r.Events != 10 {
			t.Fatalf("the documents say that this cannot be seen: %+v", r)
		}
		if !says(b.verify(audit.Anchor{Seq: r.Last, Hash: r.Hash}).Faults, "10 is not the event of the anchor") {
			t.Error("the anchor did not notice")
		}
	})
}

// One key cannot make what another checks.
func TestForeignKeyIsNoKey(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, url string) {
		b := newBook(t, url)
		b.write(3)
		b.exec(`DELETE FROM sealed_keys WHERE name = 'audit'`)
		again := newBook(t, url)
		if len(again.verify().Faults) == 0 {
			t.Fatal("a new key verifies the old chain")
		}
		if _, err := again.sealer().Seal(context.Background()); err != nil {
			t.Fatal(err) // nothing waits
		}
		if err := again.store.Record(context.Background(), audit.Event{At: start, Name: audit.LimitHit}); err != nil {
			t.Fatal(err)
		}
		if _, err := again.sealer().Seal(context.Background()); err == nil {
			t.Fatal("a chain was continued behind an end that is not ours")
		}
	})
}

// Several replicas seal at once while events arrive: one chain comes out, and no
// event is lost or in it twice.
func TestReplicasSealOneChain(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, url string) {
		b := newBook(t, url)
		ctx := context.Background()
		const replicas, each = 4, 60
		var wg sync.WaitGroup
		for range replicas {
			store := testdb.Open(t, url)
			wg.Go(func() {
				for i := range each {
					if err := store.Record(ctx, audit.Event{At: start, Name: audit.LimitHit, Actor: audit.Unknown}); err != nil {
						t.Error(err)
					}
					if i%3 == 0 {
						s := &audit.Sealer{Store: store, Keys: b.keys, Now: time.Now}
						if _, err := s.Seal(ctx); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		wg.Wait()
		b.seal()
		if r := b.verify(); len(r.Faults) > 0 || r.Events != replicas*each || r.Last != replicas*each || r.Waiting != 0 {
			t.Errorf("%d events to %d, %d waiting, faults %v", r.Events, r.Last, r.Waiting, r.Faults)
		}
	})
}

// What happened in the last minutes is looked for each time, and what comes late is
// found within ten: of a replica that was cut off, or whose clock is behind.
func TestLateEventsGetTheirPlaces(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, url string) {
		b := newBook(t, url)
		s, ctx := b.sealer(), context.Background()
		for _, step := range []struct {
			what      string
			after     time.Duration // since the step before
			age       time.Duration // of the event that arrives
			now, late int           // how many get a place now, and how many wait
		}{
			{"the first look", 0, 24 * time.Hour, 1, 0},
			{"an event of just now", time.Second, 0, 1, 0},
			{"one of a minute ago", time.Second, time.Minute, 1, 0},
			{"one of an hour ago", time.Second, time.Hour, 0, 1},
			{"nine minutes later", 9 * time.Minute, 0, 1, 1},
			{"ten minutes later", time.Minute, 0, 2, 0},
		} {
			b.now = b.now.Add(step.after)
			if err := b.store.Record(ctx, audit.Event{At: b.now.Add(-step.age), Name: audit.LimitHit, Actor: audit.Unknown}); err != nil {
				t.Fatal(err)
			}
			n, err := s.Seal(ctx)
			if waiting := b.verify().Waiting; err != nil || n != step.now || waiting != int64(step.late) {
				t.Errorf("%s: %d sealed and %d waiting, want %d and %d; %v", step.what, n, waiting, step.now, step.late, err)
			}
		}
		if r := b.verify(); len(r.Faults) > 0 || r.Last != 6 {
			t.Errorf("%+v", r)
		}
	})
}

func TestPurgeKeepsTheChain(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, url string) {
		b := newBook(t, url)
		b.write(19)
		last := b.verify()
		b.write(1)
		at := b.now
		b.write(10)
		n, err := b.sealer().Purge(context.Background(), b.now.Sub(at))
		if err != nil || n != 19 {
			t.Fatalf("%d purged, %v", n, err)
		}
		b.seal()
		r := b.verify(audit.Anchor{Seq: 3, Hash: "of what was purged"}, audit.Anchor{Seq: 19, Hash: last.Hash})
		if len(r.Faults) > 0 || r.First != 19 || r.Events != 12 {
			t.Fatalf("%+v", r)
		}
		// An anchor that says nothing about what is left is no comfort.
		if !slices.Equal(r.Uncompared, []int64{3}) {
			t.Errorf("not compared are %v", r.Uncompared)
		}
		if !says(b.verify(audit.Anchor{Seq: 19, Hash: "x"}).Faults, "19 is not the event of the anchor") {
			t.Error("the last event that was purged is not compared")
		}
		if n, err := b.sealer().Purge(context.Background(), b.now.Sub(at)); n != 0 || err != nil {
			t.Fatalf("a second purge took %d, %v", n, err)
		}
		b.exec(`DELETE FROM audit_events WHERE seq = 20`)
		if !says(b.verify().Faults, "20 is missing") {
			t.Fatal("the first event behind the purge is not missed")
		}
	})
}

// Threat: whoever owns the database makes events look old, and lets the purge delete
// them and vouch for it.
func TestPurgeDoesNotVouchForChanges(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, url string) {
		b := newBook(t, url)
		b.write(10)
		b.exec(`UPDATE audit_events SET at = 1 WHERE seq <= 5`)
		if n, err := b.sealer().Purge(context.Background(), 24*time.Hour); n != 0 || !errors.Is(err, audit.ErrPurge) {
			t.Errorf("%d purged, %v", n, err)
		}
		if !says(b.verify().Faults, "1 was changed") {
			t.Error("nothing is left of the change")
		}
	})
}

// Threat: a deletion whose blank events were purged, as an excuse for a later blank.
func TestDeletionsExcuseNothingLater(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, url string) {
		b, ctx := newBook(t, url), context.Background()
		invited := func(ref string) {
			b.now = b.now.Add(time.Hour)
			if err := b.store.Record(ctx, audit.Event{At: b.now, Name: audit.UserInvited, Actor: audit.System, AddressRef: ref, IP: "192.0.2.9"}); err != nil {
				t.Fatal(err)
			}
		}
		invited("carol")
		first := b.now
		b.exec(`INSERT INTO users (id, email, created_at, updated_at) VALUES ('usr_c', 'carol@example.com', 1, 1)`)
		b.now = b.now.Add(time.Hour)
		if err := b.store.DeleteUser(ctx, "usr_c", "carol", b.now); err != nil {
			t.Fatal(err)
		}
		invited("dave")
		b.seal()
		if n, err := b.sealer().Purge(ctx, b.now.Sub(first)-time.Minute); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		if faults := b.verify().Faults; len(faults) > 0 {
			t.Error(faults)
		}
		b.exec(`UPDATE audit_events SET ip = '', address_ref = '', erased_at = 1 WHERE address_ref = 'dave'`)
		if !says(b.verify().Faults, "3 its address was blanked, and nobody was deleted") {
			t.Error("the blank is not found")
		}
	})
}

// A change of the root secret leaves the chain as provable as it was.
func TestRootSecretMayChange(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, url string) {
		b := newBook(t, url)
		b.write(3)
		ctx := context.Background()
		old, fresh := secret.TokenOf(strings.Repeat("r", 32)), secret.TokenOf(strings.Repeat("n", 32))
		for _, tokens := range [][]secret.Token{{old}, nil} { // first both, then the new one alone
			ring, err := secret.NewKeyring(fresh, tokens...)
			if err != nil {
				t.Fatal(err)
			}
			if b.keys, err = audit.LoadKeys(ctx, b.store, ring); err != nil {
				t.Fatal(err)
			}
			b.write(2)
			if r := b.verify(); len(r.Faults) > 0 {
				t.Fatal(r.Faults)
			}
		}
		ring, err := secret.NewKeyring(old)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := audit.LoadKeys(ctx, b.store, ring); err == nil {
			t.Fatal("the old root secret opens the key after it was sealed anew")
		}
	})
}
