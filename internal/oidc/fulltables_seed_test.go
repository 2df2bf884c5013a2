package oidc_test

import (
	"database/sql"
	"fmt"
	"testing"
	"time"
)

// fillers make rows of an installation that had $1 sign-ins, in one table each. n
// counts them, at is when each was. Everybody signed in ten times.
var fillers = []string{
	`INSERT INTO users (id, email, created_at, updated_at)
		SELECT 'usr_full' || n, 'full' || n || '@d' || n % 1000 || '.example', at, at FROM moments WHERE n % 10 = 0`,
	`INSERT INTO sessions (id, token_hash, user_id, created_at, last_seen_at, expires_at, absolute_at, auth_time, amr, acr)
		SELECT 'ses_full' || n, md5('session' || n), 'usr_full' || n / 10 * 10, at, at, at + 1e9, at + 1e9, at, 'otp', 'x' FROM moments WHERE n % 5 = 0`,
	`INSERT INTO challenges (id, email, email_typed, browser_hash, number, state, sends, next_send_at, created_at, expires_at, link_used_at, approved_at, approved_by, session_id)
		SELECT to_hex(at) || 'full' || n, 'full' || n / 10 * 10 || '@d' || n % 1000 || '.example', '', md5('browser' || n), '42', 'approved', 1, at, at, at + 600000,
			at, at, 'link', 'ses_full' || n FROM moments`,
	`INSERT INTO challenge_secrets (id, challenge_id, link_hash, code_mac, minted_at, expires_at)
		SELECT 'sec_' || to_hex(at) || 'full' || n, to_hex(at) || 'full' || n, md5('link' || n), md5('code' || n), at, at + 1e9 FROM moments`,
	`INSERT INTO outbox (id, challenge_id, recipient, asked_at, expires_at, state, tries, next_at, accepted_at)
		SELECT 'let_' || to_hex(at) || 'full' || n, to_hex(at) || 'full' || n, 'full' || n / 10 * 10 || '@d' || n % 1000 || '.example', at, at + 600000,
			'accepted', 1, at, at FROM moments`,
	`INSERT INTO grants (id, client_id, user_id, session_id, scopes, auth_time, amr, acr, created_at, last_used_at, expires_at, absolute_at)
		SELECT 'grt_full' || n, 'web', 'usr_full' || n / 10 * 10, 'ses_full' || n, 'openid', at, 'otp', 'x', at, at, at + 1e9, at + 1e9 FROM moments WHERE n % 5 = 0`,
	`INSERT INTO counters (key, used_at, count1, ends1) SELECT 'full' || n, at, 1, at + 1e9 FROM moments WHERE n % 5 = 0`,
	`INSERT INTO spent (id, expires_at) SELECT md5('spent' || n), at + 1e9 FROM moments WHERE n % 5 = 0`,
}

// full are the tables that fillers fill. The others stay small.
var full = map[string]bool{
	"users": true, "sessions": true, "challenges": true, "challenge_secrets": true, "outbox": true, "grants": true, "counters": true, "spent": true,
}

// fill adds sign-ins, in batches, all within the day before now.
func fill(t *testing.T, db *sql.DB, signIns int, now time.Time) {
	t.Helper()
	const batch = 100_000
	for from := 0; from < signIns; from += batch {
		moments := fmt.Sprintf(`WITH moments AS (SELECT n, %d - 72000000 + n %% 68400000 AS at FROM generate_series(%d, %d) n) `,
			now.UnixMilli(), from, min(from+batch, signIns)-1)
		for _, filler := range fillers {
			if _, err := db.ExecContext(t.Context(), moments+filler); err != nil {
				t.Fatalf("%s: %v", filler, err)
			}
		}
	}
	if _, err := db.ExecContext(t.Context(), `VACUUM ANALYZE`); err != nil {
		t.Fatal(err)
	}
}
