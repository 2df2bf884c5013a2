package oidc_test

import (
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/prove"
	"idp/internal/testdb"
)

// Somebody copies the whole database at any moment of people's sign-ins and has
// the source code, the clients' own secrets and the verifiers, but not the root
// secret. No value of any column, as it is, encoded, decoded or in parts, is a
// credential, and no code can be searched for.
func TestStolenDatabase(t *testing.T) {
	t.Parallel()
	testdb.EachKind(t, func(t *testing.T, kind string) {
		moments, tries, keys := prove.Count(2, 50), 0, 0
		for i := range moments {
			p := apptest.New(t, testdb.URL(t, kind), registering(10))
			before := copied(t, p)
			l := newLife(t, p)
			steps := rand.IntN(len(l.days) + 1)
			if i == 0 {
				steps = len(l.days)
			}
			l.live(steps)
			a := newAttack(l)
			stolen := copied(t, p)
			a.try(without(stolen, before))
			tries, keys = tries+a.tries, keys+a.search(stolen)
			if len(a.found) > 0 {
				t.Fatalf("the database gives away: %v", a.found)
			}
		}
		prove.Figure(t, fmt.Sprintf("%s copied at %d moments: %d values tried as credentials, %d as keys of the codes, %d codes searched under each of 4 keys",
			kind, moments, tries, keys, codesSearched()),
			"0 logins, 0 tokens, 0 codes")
	})
}

// The values that are there before anybody came: clients and keys.
func TestStolenDatabaseThatIsNew(t *testing.T) {
	p := one(t, registering(10))
	before := copied(t, p)
	l := newLife(t, p)
	l.live(len(l.days))
	a := newAttack(l)
	a.try(before)
	if len(a.found) > 0 || a.tries < 50 {
		t.Fatalf("after %d tries the database gives away: %v", a.tries, a.found)
	}
}

// The attack finds what it is to find: every kind of credential, put into a column
// as it is or encoded.
func TestStolenDatabaseThatHoldsSecrets(t *testing.T) {
	p := one(t, registering(10))
	l := newLife(t, p)
	l.live(len(l.days))
	i := 0
	for name, value := range l.secrets {
		i++
		planted := []string{value, base64.StdEncoding.EncodeToString([]byte(value)), hex.EncodeToString([]byte(value)), `{"a":"` + value + `"}`}[i%4]
		a := newAttack(l)
		_, a.blind = a.doors()[name]
		a.try(map[string]bool{planted: true})
		if !a.found[name] {
			t.Errorf("the %s goes unnoticed in %q; found: %v", name, planted, a.found)
		}
	}
	searched := 0
	for _, s := range newAttack(l).stored() {
		if code := l.codes[s.challenge]; code != "" && s.fits(apptest.RootSecret, code) {
			searched++
		}
	}
	if searched != len(l.codes) {
		t.Errorf("with the root secret, %d of %d codes are found", searched, len(l.codes))
	}
	if i < 12 {
		t.Errorf("only %d kinds of credentials", i)
	}
}

// connect opens the provider's database past the provider.
func connect(t *testing.T, p *apptest.Provider) *sql.DB {
	t.Helper()
	driver, source := "pgx", p.Database
	if path, isFile := strings.CutPrefix(source, "sqlite:"); isFile {
		driver, source = "sqlite", path
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// copied is every value of every column.
func copied(t *testing.T, p *apptest.Provider) map[string]bool {
	t.Helper()
	db := connect(t, p)
	defer db.Close()
	tables := `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`
	if strings.HasPrefix(p.Database, "sqlite:") {
		tables = `SELECT name FROM sqlite_master WHERE type = 'table'`
	}
	values := map[string]bool{}
	for name := range everything(t, db, tables) {
		for v := range everything(t, db, `SELECT * FROM "`+name+`"`) {
			values[v] = true
		}
	}
	if len(values) < 20 {
		t.Fatalf("only %d values in the database", len(values))
	}
	return values
}

func everything(t *testing.T, db *sql.DB, query string) map[string]bool {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, out := make([]any, len(columns)), map[string]bool{}
	for i := range values {
		values[i] = new(any)
	}
	for rows.Next() {
		if err := rows.Scan(values...); err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			if raw, isBytes := (*v.(*any)).([]byte); isBytes {
				out[string(raw)] = true
			} else {
				out[fmt.Sprint(*v.(*any))] = true
			}
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func without(all, some map[string]bool) map[string]bool {
	rest := map[string]bool{}
	for v := range all {
		if !some[v] {
			rest[v] = true
		}
	}
	return rest
}

// forms are a value and what it may stand for: its parts, decoded, encoded.
func forms(value string) map[string]bool {
	out := map[string]bool{}
	add := func(s string) {
		if s != "" {
			out[s] = true
		}
	}
	parts := append(strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune("|,;{}[]\"", r) }), value)
	for _, between := range []string{".", ":"} {
		if head, tail, found := strings.Cut(value, between); found {
			parts = append(parts, head, tail)
		}
	}
	for _, part := range parts {
		add(part)
		if raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(part, "=")); err == nil {
			add(string(raw))
			add(hex.EncodeToString(raw))
		}
		if raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(part, "=")); err == nil {
			add(string(raw))
		}
		if raw, err := hex.DecodeString(part); err == nil {
			add(string(raw))
			add(base64.RawURLEncoding.EncodeToString(raw))
		}
		add(base64.RawURLEncoding.EncodeToString([]byte(part)))
		add(hex.EncodeToString([]byte(part)))
	}
	return out
}
