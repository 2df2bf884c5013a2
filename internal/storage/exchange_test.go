package storage_test

import (
	"context"
	"errors"
	"fmt"
	neturl "net/url"
	"slices"
	"strings"
	"testing"

	"idp/internal/idp"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// oneConnection is a store that has one, for changes that are on disk.
func oneConnection(t *testing.T, url string) *storage.Store {
	t.Helper()
	s, err := storage.Open(storage.Options{URL: url, MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// A transaction whose answer is lost may be committed: it is not sent a second time.
func TestWhatWasSentIsNotSentAgain(t *testing.T) {
	t.Parallel()
	url := testdb.URL(t, "postgres")
	testdb.Exec(t, url, `CREATE TABLE sent (n BIGSERIAL)`)
	proxy, beside := testdb.NewProxy(t, url), connect(t, url)
	s := oneConnection(t, proxy.URL)
	if _, err := storage.TogetherForTest(t.Context(), s, `SELECT 'connected'`); err != nil {
		t.Fatal(err)
	}
	count := func() (n int) {
		if err := beside.QueryRow(t.Context(), `SELECT count(*) FROM sent`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	proxy.KeepAnswers()
	over := make(chan error)
	go func() {
		_, err := storage.TogetherForTest(context.Background(), s, `INSERT INTO sent DEFAULT VALUES`)
		over <- err
	}()
	for count() == 0 { // until it is committed
	}
	proxy.Pass()
	proxy.Cut()
	if err := <-over; !errors.Is(err, idp.ErrUnavailable) {
		t.Errorf("%v instead of that nobody knows", err)
	}
	if n := count(); n != 1 {
		t.Errorf("it was done %d times", n)
	}
}

// What could not even be prepared, because something in front of it failed, is
// prepared when it comes again.
func TestStatementsBehindARefusedOne(t *testing.T) {
	t.Parallel()
	s := oneConnection(t, testdb.URL(t, "postgres"))
	before, err := storage.TogetherForTest(t.Context(), s, `SELECT pg_backend_pid()::text`)
	if err != nil {
		t.Fatal(err)
	}
	for _, refused := range []string{`SELECT (1 / (1 - 1))::text`, `SELECT of nothing`} {
		behind := fmt.Sprintf(`SELECT '%d'`, len(refused))
		if _, err := storage.TogetherForTest(t.Context(), s, refused, behind); err == nil {
			t.Fatalf("%s is not refused", refused)
		}
		rows, err := storage.TogetherForTest(t.Context(), s, behind, behind, `SELECT pg_backend_pid()::text`)
		if want := fmt.Sprint(len(refused)); err != nil || rows[0] != want || rows[1] != want {
			t.Errorf("behind %s: %q, %v", refused, rows, err)
		}
		if rows[2] != before[0] {
			t.Error("a refusal cost the connection")
		}
	}
}

// A server may forget what was prepared, for example behind a pooler, and a table may
// get other columns while it is in use. Nobody notices.
func TestPreparedStatementsThatAreNoGood(t *testing.T) {
	t.Parallel()
	url := testdb.URL(t, "postgres")
	testdb.Exec(t, url, `CREATE TABLE shape (a TEXT); INSERT INTO shape VALUES ('x')`)
	s := oneConnection(t, url)
	for what, spoil := range map[string]func(){
		"forgotten": func() {
			if _, err := storage.TogetherForTest(t.Context(), s, `DEALLOCATE ALL`); err != nil {
				t.Fatal(err)
			}
		},
		"other columns": func() { testdb.Exec(t, url, `ALTER TABLE shape ALTER a TYPE VARCHAR(9)`) },
	} {
		t.Run(what, func(t *testing.T) {
			for _, when := range []string{"before", "after"} {
				if rows, err := storage.TogetherForTest(t.Context(), s, `SELECT * FROM shape`); err != nil || rows[0] != "x" {
					t.Errorf("%s: %q, %v", when, rows, err)
				}
				spoil()
			}
		})
	}
}

// Who leaves in the middle leaves nothing behind: neither a statement that runs on, nor
// a connection on which the next one hears answers that are not its own.
func TestLeavingInTheMiddle(t *testing.T) {
	t.Parallel()
	u, err := neturl.Parse(testdb.URL(t, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	beside := connect(t, u.String())
	q := u.Query()
	q.Set("statement_timeout", "0") // nothing else ends the statement
	u.RawQuery = q.Encode()
	s := oneConnection(t, u.String()) // so few that everybody is in a hurry
	running := func() (n int) {
		if err := beside.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND state = 'active' AND pid <> pg_backend_pid()
			AND datname = current_database()`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	ctx, leave := context.WithCancel(t.Context())
	over := make(chan error)
	go func() {
		_, err := storage.TogetherForTest(ctx, s, `SELECT 'mine'`, `SELECT pg_sleep(600)::text`)
		over <- err
	}()
	for running() == 0 {
	}
	leave()
	if err := <-over; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if rows, err := storage.TogetherForTest(t.Context(), s, `SELECT 'yours'`); err != nil || rows[0] != "yours" {
		t.Errorf("the next one gets %q, %v", rows, err)
	}
	for running() > 0 {
	}
}

// Nor does a fault of this program in the middle.
func TestPanicInTheMiddle(t *testing.T) {
	t.Parallel()
	s := oneConnection(t, testdb.URL(t, "postgres"))
	func() {
		defer func() {
			if recover() == nil {
				t.Error("there was no panic")
			}
		}()
		storage.PanicForTest(t.Context(), s)
	}()
	if rows, err := storage.TogetherForTest(t.Context(), s, `SELECT 'yours'`); err != nil || rows[0] != "yours" {
		t.Errorf("the next one gets %q, %v", rows, err)
	}
}

// A commit that fails is no step's fault, so each goes alone then, and only its own
// fails.
func TestCommitOfAPartyFails(t *testing.T) {
	t.Parallel()
	s, seen, beside := crowded(t, false)
	for _, statement := range []string{
		`CREATE TABLE late (n TEXT, CONSTRAINT late_unique UNIQUE (n) DEFERRABLE INITIALLY DEFERRED)`, `INSERT INTO late VALUES ('taken')`,
	} {
		if err := storage.ExecForTest(s, statement); err != nil {
			t.Fatal(err)
		}
	}
	errs := seen.together(t, s, beside, 3, func(try int) (calls []func(*waiting) error) {
		for _, n := range []string{fmt.Sprint("a", try), "taken", fmt.Sprint("b", try)} {
			calls = append(calls, func(w *waiting) error { return storage.JointlyForTest(w, s, `INSERT INTO late VALUES ('`+n+`')`) })
		}
		return calls
	})
	for i, err := range errs {
		if (err != nil) != (i == 1) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

// However much is sent and comes back, neither side waits for the other to read.
func TestMuchIsSentAtOnce(t *testing.T) {
	t.Parallel()
	s := oneConnection(t, testdb.URL(t, "postgres"))
	for _, texts := range [][]string{
		slices.Repeat([]string{strings.Repeat("x", 100_000)}, 300),
		{strings.Repeat("y", 70_000)}, {"", "'", `\`, "ä", "\n", "NULL", "$1"},
	} {
		rows, err := storage.SentBackForTest(t.Context(), s, texts...)
		if err != nil || !slices.Equal(rows, texts) {
			t.Errorf("of %d texts %d came back, not all as they were, %v", len(texts), len(rows), err)
		}
	}
	if _, err := storage.SentBackForTest(t.Context(), s, "a\x00b"); err == nil {
		t.Error("a text with a zero is accepted")
	}
	if apart, err := storage.UnsendableForTest(s); err == nil || !apart || errors.Is(err, idp.ErrUnavailable) {
		t.Errorf("what has no text: %v, and others may go on: %v", err, apart)
	}
}

func TestRowsAreRead(t *testing.T) {
	t.Parallel()
	var text string
	var long int64
	var short int
	var yes, no bool
	row := [][]byte{[]byte("ä"), []byte("-9223372036854775808"), []byte("7"), []byte("t"), []byte("f")}
	if err := storage.ScanForTest(row, &text, &long, &short, &yes, &no); err != nil || text != "ä" || long != -1<<63 || short != 7 || !yes || no {
		t.Errorf("%q %d %d %v %v, %v", text, long, short, yes, no, err)
	}
	var unknown float64
	for what, err := range map[string]error{
		"NULL":            storage.ScanForTest([][]byte{nil}, &text),
		"too few":         storage.ScanForTest(row, &text),
		"too many":        storage.ScanForTest(row[:1], &text, &long),
		"no number":       storage.ScanForTest([][]byte{[]byte("x")}, &long),
		"too large":       storage.ScanForTest([][]byte{[]byte("9223372036854775808")}, &long),
		"an odd type":     storage.ScanForTest(row[2:3], &unknown),
		"neither t nor f": storage.ScanForTest([][]byte{[]byte("yes")}, &yes),
	} {
		if err == nil {
			t.Errorf("%s is read", what)
		}
	}
}
