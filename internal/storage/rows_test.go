package storage_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// rows are all rows of a database, by table.
type rows struct {
	of      map[string][]map[string]any
	name    string
	columns []string
}

func (r *rows) Table(name string, columns []string) error {
	r.name, r.columns, r.of[name] = name, columns, nil
	return nil
}

func (r *rows) Row(values []any) error {
	row := map[string]any{}
	for i, v := range values {
		row[r.columns[i]] = v
	}
	r.of[r.name] = append(r.of[r.name], row)
	return nil
}

func allRows(t *testing.T, s *storage.Store) map[string][]map[string]any {
	t.Helper()
	r := &rows{of: map[string][]map[string]any{}}
	if err := s.Export(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	return r.of
}

// only is the one row of a table.
func only(t *testing.T, all map[string][]map[string]any, table string) map[string]any {
	t.Helper()
	if len(all[table]) != 1 {
		t.Fatalf("%s has %d rows: %v", table, len(all[table]), all[table])
	}
	return all[table][0]
}

func wantRow(t *testing.T, what string, row, want map[string]any) {
	t.Helper()
	for column, v := range want {
		if row[column] != v {
			t.Errorf("%s: %s is %v, want %v", what, column, row[column], v)
		}
	}
}

// prefixes are what ids of each table begin with. Some say it otherwise: a sign-in's
// id stands in addresses that do, and makes the links of a letter no longer; a
// client's is the administrator's word, a key's is the kid of tokens, and what was
// spent is known by its hash.
var prefixes = map[string]string{
	"users": "usr_", "sessions": "ses_", "grants": "grt_", "challenge_secrets": "sec_", "outbox": "let_", "device_codes": "dev_", "logout_notices": "lgo_",
	"failures": "fal_", "audit_events": "aud_", "challenges": "", "clients": "", "signing_keys": "", "spent": "",
}

// Whoever meets an id in a log, a token or a support mail sees what it is of.
func TestIDsSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newTold(t, s)
		m.day(0)
		key := idp.SigningKey{ID: "k", Algorithm: idp.ES256, State: idp.KeyActive, Private: "x", CreatedAt: m.now, ActivateAt: m.now}
		if err := s.ChangeKeys(context.Background(), []idp.SigningKey{key}, nil, m.now); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for table, all := range allRows(t, s) {
			for _, row := range all {
				id, has := row["id"].(string)
				if !has {
					continue
				}
				seen[table] = true
				prefix, known := prefixes[table]
				if !known || !strings.HasPrefix(id, prefix) || prefix != "" && len(id) < len(prefix)+26 {
					t.Errorf("%s: the id %q does not begin with %q", table, id, prefix)
				}
			}
		}
		for table := range maps.Keys(prefixes) {
			if !seen[table] {
				t.Errorf("no row of %s was seen", table)
			}
		}
	})
}

// What a sign-in leaves behind: before its proof an address, hashes and their end;
// after it a person with that address, proven by being there at all, and a session
// with its person, end and device.
func TestWhatASignInStores(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		at := m.now.UnixMilli()
		c, mail := m.ask("Ada@Example.COM", "b1")
		before := allRows(t, s)
		if len(before["users"])+len(before["sessions"]) > 0 {
			t.Fatalf("before the proof there are %v, %v", before["users"], before["sessions"])
		}
		wantRow(t, "the sign-in", only(t, before, "challenges"), map[string]any{
			"id": c.ID, "email": "ada@example.com", "client_id": "app", "state": "pending", "created_at": at, "expires_at": at + (30 * time.Minute).Milliseconds(), "session_id": "",
		})
		wantRow(t, "its letter", only(t, before, "outbox"), map[string]any{"challenge_id": c.ID, "recipient": "ada@example.com", "asked_at": at, "state": "accepted"})
		kept := only(t, before, "challenge_secrets")
		wantRow(t, "its secrets", kept, map[string]any{"challenge_id": c.ID, "minted_at": at, "expires_at": at + (10 * time.Minute).Milliseconds()})
		for _, column := range slices.Sorted(maps.Keys(kept)) {
			if text, _ := kept[column].(string); text == mail.Code.Reveal() || text == mail.Link.Reveal() {
				t.Errorf("the secret itself stands in %s", column)
			}
		}
		if _, _, err := m.login.SubmitCode(context.Background(), c.ID, mail.Code.Reveal(), asker("b1", "192.0.2.1")); err != nil {
			t.Fatal(err)
		}
		after := allRows(t, s)
		person, session := only(t, after, "users"), only(t, after, "sessions")
		wantRow(t, "the person", person, map[string]any{"email": "ada@example.com", "created_at": at, "updated_at": at, "last_login_at": at, "disabled_at": int64(0)})
		wantRow(t, "the session", session, map[string]any{
			"user_id": person["id"], "challenge_id": c.ID, "created_at": at, "last_seen_at": at, "auth_time": at, "ip": "192.0.2.1", "user_agent": "test",
			"expires_at": at + (30 * 24 * time.Hour).Milliseconds(), "absolute_at": at + (90 * 24 * time.Hour).Milliseconds(), "revoked_at": int64(0),
		})
		wantRow(t, "the sign-in, spent", only(t, after, "challenges"), map[string]any{"state": "approved", "approved_by": string(magiclink.ByCode), "session_id": session["id"]})
	})
}

// An address is one person, however many browsers prove it for the first time at
// once and however it is typed.
func TestAnAddressIsOnePerson(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		type proof struct {
			challenge, code, browser string
		}
		var proofs []proof
		for i, typed := range []string{"ada@example.com", "ADA@example.com", " Ada@Example.com", "ada@EXAMPLE.com\t"} {
			browser := string(rune('a' + i))
			c, mail := m.ask(typed, browser)
			proofs = append(proofs, proof{c.ID, mail.Code.Reveal(), browser})
		}
		for _, err := range race(len(proofs), func(i int) error {
			_, _, err := m.login.SubmitCode(context.Background(), proofs[i].challenge, proofs[i].code, asker(proofs[i].browser, "192.0.2.1"))
			return err
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		all := allRows(t, s)
		person := only(t, all, "users")
		for _, session := range all["sessions"] {
			wantRow(t, "a session", session, map[string]any{"user_id": person["id"]})
		}
		if len(all["sessions"]) != len(proofs) {
			t.Errorf("%d sessions", len(all["sessions"]))
		}
	})
}
