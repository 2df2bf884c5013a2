package app_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/mirror"
	"idp/internal/testdb"
)

// contents is every row of every table, as text. Why requests were refused is
// written down as the log is, now and then: nothing depends on it.
func contents(t *testing.T, path string) string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var all []string
	for _, table := range column(t, db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'goose%' AND name <> 'failures'") {
		names := column(t, db, fmt.Sprintf("SELECT name FROM pragma_table_info('%s')", table))
		for _, row := range column(t, db, "SELECT "+strings.Join(names, " || '|' || ")+" FROM "+table) {
			all = append(all, table+": "+row)
		}
	}
	sort.Strings(all)
	return strings.Join(all, "\n")
}

// settled is contents once the mail worker has written down that its mails went
// out, which is a moment after they arrive.
func settled(t *testing.T, path string) string {
	t.Helper()
	for range 1000 {
		if all := contents(t, path); !strings.Contains(all, "|sending|") && !strings.Contains(all, "|queued|") {
			return all
		}
	}
	t.Fatal("the mail worker never settles")
	return ""
}

func column(t *testing.T, db *sql.DB, query string) (out []string) {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// Mail scanners, prefetching browsers and crawlers send GET and HEAD to whatever
// they find. Nothing that they can send may change a single row.
func TestSafeMethodsChangeNothing(t *testing.T) {
	t.Parallel()
	database := testdb.URL(t, "sqlite")
	p := apptest.New(t, database)
	signedIn, waiting := p.Browser(), p.Browser()
	tokens := signedIn.Tokens(apptest.Offline(apptest.Web), "ada@example.com")
	wait, mail := waiting.Ask(waiting.Authorize(apptest.NewRequest(apptest.Web)), "bob@example.com")
	link := strings.TrimPrefix(mail.Link, p.URL)
	consent := signedIn.Authorize(apptest.NewRequest(apptest.Always)).URL.RequestURI()

	device := p.Post("/oauth/device_authorization", apptest.TV, url.Values{"scope": {"openid"}})
	connect := signedIn.Submit(signedIn.Open("/device?user_code=" + device.Text("user_code")).Form("/device")).URL.RequestURI()

	after := p.Inbox.Last()
	p.JSON("/v1/auth/magic-link/send", apptest.Tablet, "email", "eve@example.com")
	nativeLink := p.NextNativeMail(after, "eve@example.com").Link

	paths := []string{
		apptest.NewRequest(apptest.Web).Path(), apptest.NewRequest(apptest.Web).With("prompt", "login").Path(), consent,
		"/login", "/login?flow=x", wait.URL.RequestURI(), wait.URL.Path + "/status", wait.URL.Path + "/resend", link, strings.TrimPrefix(mail.NotMe, p.URL), "/l/" + strings.Repeat("x", 32),
		"/account", "/account/sessions/end-others", "/account/applications/web/disconnect", "/logout", "/", "/jwks.json",
		"/.well-known/openid-configuration", "/end_session?id_token_hint=" + url.QueryEscape(tokens.ID()), "/end_session/confirm?answer=yes",
		"/device", "/device?user_code=BCDF-GHJK", connect, "/device/connect?answer=connect", "/oauth/device_authorization",
		"/v1/auth/me", "/v1/auth/status", "/v1/auth/magic-link/send", "/v1/auth/magic-link/verify?token=x", "/v1/auth/email-otp/verify", "/v1/auth/sign-out", nativeLink,
		mirror.Path, "/oauth/token?grant_type=refresh_token", "/oauth/revoke?token=x", "/userinfo",
	}
	if err := p.App.Settle(t.Context()); err != nil { // or the job does it in between
		t.Fatal(err)
	}
	if err := p.App.WriteAudit(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := settled(t, strings.TrimPrefix(database, "sqlite:"))
	if !strings.Contains(before, "challenges:") || !strings.Contains(before, "grants:") {
		t.Fatalf("there is nothing that could change:\n%s", before)
	}
	for _, b := range []*apptest.Browser{signedIn, waiting, p.Browser()} {
		for _, path := range paths {
			for range 3 {
				b.Do(b.NewRequest(http.MethodGet, path, nil))
				b.Do(b.NewRequest(http.MethodHead, path, nil))
			}
		}
	}
	if err := p.App.WriteAudit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := contents(t, strings.TrimPrefix(database, "sqlite:")); after != before {
		t.Fatalf("GET or HEAD changed something.\nbefore:\n%s\nafter:\n%s", before, after)
	}
	// And after all that, the link still works for its reader.
	if page := waiting.PressLink(mail.Link); page.Status >= 400 {
		t.Fatalf("the link afterwards: %s", page)
	}
}
