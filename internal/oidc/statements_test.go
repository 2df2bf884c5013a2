package oidc_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/reqlog"
	"idp/internal/testdb"
)

// statements counts what is sent to PostgreSQL. The background jobs only read,
// and no request of theirs is under way, so they count as commits only if they
// write.
type statements struct {
	mu      sync.Mutex
	inTx    map[uint32]bool // by backend
	sealing map[uint32]bool // by backend: its transaction is the audit log's
	sent    []string        // by requests: round trips, the statements of a batch in one
	commits []string        // by anybody: a COMMIT, or a write outside of a transaction
}

func (s *statements) TraceQueryStart(ctx context.Context, c *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	word, backend := verb(d.SQL), c.PgConn().PID()
	if reqlog.From(ctx).RequestID != "" && word != "begin" && word != "commit" && word != "rollback" {
		s.sent = append(s.sent, d.SQL)
	}
	switch {
	case word == "begin":
		s.inTx[backend] = true
	case word == "commit":
		if !s.sealing[backend] {
			s.commits = append(s.commits, d.SQL)
		}
		s.inTx[backend], s.sealing[backend] = false, false
	case word == "rollback":
		s.inTx[backend], s.sealing[backend] = false, false
	case strings.Contains(d.SQL, "FROM audit_ends"):
		s.sealing[backend] = true // once a second, for all that happened
	case settled(d.SQL) && reqlog.From(ctx).RequestID == "":
		// Once a second, what all sign-ins counted together is written down.
	case word != "select" && !s.inTx[backend]:
		s.commits = append(s.commits, d.SQL)
	}
	return ctx
}

func (s *statements) TraceBatchStart(ctx context.Context, c *pgx.Conn, d pgx.TraceBatchStartData) context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	writes := false
	for _, q := range d.Batch.QueuedQueries {
		all = append(all, q.SQL)
		writes = writes || verb(q.SQL) != "select"
	}
	if reqlog.From(ctx).RequestID != "" {
		s.sent = append(s.sent, strings.Join(all, ";\n"))
	}
	if reqlog.From(ctx).RequestID == "" && settled(all[0]) {
		return ctx
	}
	if writes && !s.inTx[c.PgConn().PID()] {
		s.commits = append(s.commits, strings.Join(all, ";\n"))
	}
	return ctx
}

// gathered is what is written once a second or more rarely, for all that happened.
var gathered = []string{"INSERT INTO counters", "UPDATE counters", "INSERT INTO audit_events", "INSERT INTO failures"}

func settled(query string) bool {
	return slices.ContainsFunc(gathered, func(p string) bool { return strings.HasPrefix(query, p) })
}

func verb(query string) string {
	word, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(query)), " ")
	return word
}

func (s *statements) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}
func (s *statements) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData)     {}

func (s *statements) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// of returns what act sent and committed.
func (s *statements) of(act func()) (sent, commits []string) {
	s.mu.Lock()
	s.sent, s.commits = nil, nil
	s.mu.Unlock()
	act()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent, s.commits
}

func newCounted(t *testing.T) (*apptest.Provider, *statements) {
	t.Helper()
	t.Parallel()
	s := &statements{inTx: map[uint32]bool{}, sealing: map[uint32]bool{}}
	// Of a browser that is new, one more mail goes out, which nobody waits for.
	quiet := apptest.Configure(func(c *config.Config) { c.Login.Notices = false })
	return apptest.New(t, testdb.URL(t, "postgres"), apptest.Tracer(s), signedClients(), quiet), s
}

// Every round trip costs two processes a turn and every commit a write to disk:
// this is what the provider's speed is made of.
func TestStatementsPerOperation(t *testing.T) {
	p, s := newCounted(t)
	b, r := p.Browser(), apptest.Offline(apptest.Web)
	b.SignIn(r, ada)
	var code string
	var tokens apptest.Reply
	spa := p.Browser().Tokens(apptest.Offline(apptest.Spa), ada)
	jwt := b.Tokens(apptest.NewRequest(apptest.JWT), ada)
	for _, c := range []struct {
		what          string
		act           func()
		sent, commits int
	}{
		{"discovery", func() { p.Get(pathOpenID, "") }, 0, 0},
		{"JWKS", func() { p.Get(pathJWKS, "") }, 0, 0},
		{"authorize of a stranger", func() { p.Browser().Authorize(r) }, 0, 0},
		{"authorize with single sign-on", func() { code = b.Get(r.Path()).MustAnswer().Code() }, 1, 0},
		{"authorize by POST", func() { b.Follow(b.PostFrom("https://web.example.com", "/authorize", r.Params)).MustAnswer() }, 1, 0},
		{"prompt none", func() { b.Get(r.With("prompt", "none").Path()).MustAnswer() }, 1, 0},
		{"authorize that is refused", func() { b.Get(r.With("response_type", "x").Path()).MustAnswer() }, 0, 0},
		{"token", func() { tokens = p.Redeem(r, code); granted(t, "token", tokens) }, 1, 1},
		{"token for garbage", func() { p.Redeem(r, "x") }, 0, 0},
		{"token with a wrong secret", func() {
			p.Redeem(apptest.Request{Client: apptest.Client{ID: "web", Secret: "x"}, Params: r.Params}, code)
		}, 0, 0},
		{"refresh", func() { tokens = p.Refresh(apptest.Web, tokens.Refresh(), ""); granted(t, "refresh", tokens) }, 2, 1},
		{"refresh with rotation", func() { granted(t, "rotation", p.Refresh(apptest.Spa, spa.Refresh(), "")) }, 2, 1},
		{"refresh that is repeated", func() { granted(t, "repetition", p.Refresh(apptest.Spa, spa.Refresh(), "")) }, 1, 0},
		{"userinfo", func() { p.Get("/userinfo", tokens.Access()) }, 1, 0},
		{"userinfo with a JWT", func() { p.Get("/userinfo", jwt.Access()) }, 1, 0},
		{"userinfo for garbage", func() { p.Get("/userinfo", "at_x") }, 0, 0},
		{"introspection", func() { p.Introspect(apptest.Web, tokens.Access()) }, 1, 0},
		{"introspection of a refresh token", func() { p.Introspect(apptest.Web, tokens.Refresh()) }, 1, 0},
		{"introspection of garbage", func() { p.Introspect(apptest.Web, "x") }, 0, 0},
		{"client credentials", func() { granted(t, "own", own(p, apptest.Machine, "")) }, 0, 0},
		{"introspection of a client's own token", func() { p.Introspect(apptest.Machine, own(p, apptest.Machine, "").Access()) }, 1, 0},
		{"revocation", func() { p.Revoke(apptest.Web, tokens.Refresh()) }, 2, 1},
	} {
		sent, commits := s.of(c.act)
		if len(sent) != c.sent || len(commits) != c.commits {
			t.Errorf("%s: %d round trips and %d commits, want %d and %d:\n%s\n%s", c.what, len(sent), len(commits), c.sent, c.commits,
				strings.Join(sent, "\n"), strings.Join(commits, "\n"))
		}
	}
}

// What a sign-in by the link asks the database for on its way: nothing is read again
// that the step before has found.
func TestRoundTripsOfASignIn(t *testing.T) {
	p, s := newCounted(t)
	p.Browser().SignIn(apptest.NewRequest(apptest.Web), ada) // see below
	b, r := p.Browser(), apptest.Offline(apptest.Web)
	form := b.Authorize(r).Form("/login").Set("email", ada)
	after := p.Inbox.Last()
	asked, _ := s.of(func() { b.Post(form.Action, form.Values) })
	link := p.NextMail(after, ada).Link
	press := b.Open(link).Form(strings.TrimPrefix(link, p.URL))
	var answer *apptest.Page
	pressed, _ := s.of(func() { answer = b.Post(press.Action, press.Values) })
	redeemed, _ := s.of(func() { granted(t, "redeem", p.Redeem(r, answer.MustAnswer().Code())) })
	if len(asked) != 2 || len(pressed) != 1 || len(redeemed) != 1 {
		t.Errorf("the address took %d round trips, the link %d, the code %d; want 2, 1, 1:\n%s", len(asked), len(pressed), len(redeemed),
			strings.Join(slices.Concat(asked, pressed, redeemed), "\n"))
	}
}

// A whole sign-in by mail, from the address form to the tokens, mail included,
// takes five commits: the counters, the challenge with its letter and secrets, the
// letter's fate (these three relaxed; letters that are sent at once share the last),
// the approval, the grant.
func TestCommitsOfASignIn(t *testing.T) {
	p, s := newCounted(t)
	p.Browser().SignIn(apptest.NewRequest(apptest.Web), ada) // the first one takes a share of the installation's budget for all that follow
	_, commits := s.of(func() {
		for _, signIn := range []func(*apptest.Browser, apptest.Request, string) apptest.Answer{
			(*apptest.Browser).SignInByLink, (*apptest.Browser).SignIn, (*apptest.Browser).SignInByLink, (*apptest.Browser).SignIn,
		} {
			r := apptest.Offline(apptest.Web)
			granted(t, "redeem", p.Redeem(r, signIn(p.Browser(), r, ada).Code()))
		}
	})
	if n := len(commits); n != 4*5 {
		t.Errorf("four sign-ins: %d commits, want 20:\n%s", n, strings.Join(commits, "\n"))
	}
}

// What proves a sign-in is told in the audit log by a row that travels in a round
// trip that is made anyway.
func TestRoundTripsOfAProof(t *testing.T) {
	p, s := newCounted(t)
	p.Browser().SignIn(apptest.NewRequest(apptest.Web), ada)
	for _, c := range []struct {
		what  string
		prove func(b *apptest.Browser, wait *apptest.Page, m apptest.Mail)
		sent  int
	}{
		// The challenge; the budgets, the try, the codes, and all that follows at once.
		{"code", func(b *apptest.Browser, wait *apptest.Page, m apptest.Mail) {
			b.Do(b.NewRequest("POST", wait.URL.Path, url.Values{"code": {m.Code}}))
		}, 5},
		{"link", func(b *apptest.Browser, _ *apptest.Page, m apptest.Mail) {
			b.Do(b.NewRequest("POST", m.Link, url.Values{}))
		}, 1},
	} {
		b := p.Browser()
		wait, mail := b.Ask(b.Authorize(apptest.Offline(apptest.Web)), ada)
		sent, _ := s.of(func() { c.prove(b, wait, mail) })
		if len(sent) != c.sent || !strings.Contains(sent[len(sent)-1], "INSERT INTO audit_events") {
			t.Errorf("%s: %d round trips, want %d:\n%s", c.what, len(sent), c.sent, strings.Join(sent, "\n\n"))
		}
	}
}
