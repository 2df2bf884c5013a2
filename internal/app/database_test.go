package app_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/testdb"
)

const (
	// recovery is how long everything may take to work again once the database does.
	recovery = 2 * time.Second
	// answered is how long anybody waits for an answer, whatever the database does: a
	// use case waits six seconds.
	answered = 10 * time.Second
)

// person is somebody with a session and an application with tokens.
type person struct {
	p       *apptest.Provider
	b       *apptest.Browser
	refresh string
	access  string
}

func newPerson(p *apptest.Provider, email string) *person {
	q := &person{p: p, b: p.Browser()}
	tokens := q.b.Tokens(apptest.Offline(apptest.Web), email)
	q.refresh, q.access = tokens.Refresh(), tokens.Access()
	return q
}

// answer is what every kind of request comes down to.
type answer struct {
	status int
	header http.Header
	what   string
}

func ofReply(r apptest.Reply) answer { return answer{r.Status, r.Header, r.String()} }
func ofPage(p *apptest.Page) answer  { return answer{p.Status, p.Header, p.String()} }

// requests are requests that cannot be answered without a database.
func (q *person) requests() map[string]func() answer {
	return map[string]func() answer{
		"authorize":  func() answer { return ofPage(q.b.Get(apptest.NewRequest(apptest.Web).Path())) },
		"account":    func() answer { return ofPage(q.b.Get("/account")) },
		"ask a mail": func() answer { return ofPage(q.b.Post("/login", url.Values{"email": {"bob@example.com"}})) },
		"refresh": func() answer {
			r := q.p.Refresh(apptest.Web, q.refresh, "")
			if r.Refresh() != "" {
				q.refresh = r.Refresh()
			}
			return ofReply(r)
		},
		"userinfo":   func() answer { return ofReply(q.p.Get("/userinfo", q.access)) },
		"introspect": func() answer { return ofReply(q.p.Introspect(apptest.Web, q.access)) },
		"device": func() answer {
			return ofReply(q.p.Post("/oauth/device_authorization", apptest.TV, url.Values{"scope": {"openid"}}))
		},
	}
}

// sorry wants a 503 that says when to try again.
func (a answer) sorry(t *testing.T, name string) {
	t.Helper()
	if a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
		t.Errorf("%s without a database: Retry-After %q, %s", name, a.header.Get("Retry-After"), a.what)
	}
}

// gone sends every request, at once, and wants them answered soon.
func (q *person) gone(t *testing.T, when string) {
	t.Helper()
	began := time.Now()
	var wg sync.WaitGroup
	for name, send := range q.requests() {
		wg.Go(func() { send().sorry(t, when+": "+name) })
	}
	wg.Go(func() {
		if r := q.p.Get("/readyz", ""); r.Status != http.StatusServiceUnavailable {
			t.Errorf("%s: readyz: %s", when, r)
		}
	})
	wg.Wait()
	if took := time.Since(began); took > answered {
		t.Errorf("%s: the answers took %s", when, took)
	}
}

// back wants every request to work again within the time of a recovery.
func (q *person) back(t *testing.T, when string) {
	t.Helper()
	deadline := time.Now().Add(recovery)
	for name, send := range q.requests() {
		for {
			a := send()
			if a.status < 400 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s: %s is not back after %s: %s", when, name, recovery, a.what)
			}
			<-time.After(20 * time.Millisecond) // as an application would pause
		}
	}
}

// explain shows what the provider logged of its faults, if the test failed.
func explain(t *testing.T, p *apptest.Provider) {
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(p.Logs.Faults())
		}
	})
}

// A server that is stopped, that crashes, that cannot be reached, that answers no
// more: requests answer 503 with a time to try again, and all is well as soon as it
// is back. Nobody is signed out and no token is lost.
func TestDatabaseComesAndGoes(t *testing.T) {
	t.Parallel()
	server := testdb.NewServer(t)
	proxy := testdb.NewProxy(t, server.URL)
	p := apptest.New(t, proxy.URL, apptest.Faulty())
	explain(t, p)
	ada := newPerson(p, "ada@example.com")
	for _, c := range []struct {
		name       string
		fail, heal func()
	}{
		{"the server is stopped", func() { server.Stop(syscall.SIGINT) }, server.Start},
		{"the server crashes", func() { server.Stop(syscall.SIGQUIT) }, server.Start},
		{"the network refuses", proxy.Refuse, proxy.Pass},
		{"the network swallows", proxy.Swallow, proxy.Pass},
	} {
		c.fail()
		ada.gone(t, c.name)
		c.heal()
		ada.back(t, c.name)
	}
	proxy.Cut() // and a failover that nobody sees but the connections
	ada.back(t, "connections cut")
	proxy.Slow(50 * time.Millisecond)
	for name, send := range ada.requests() {
		if a := send(); a.status >= 400 {
			t.Errorf("a slow database: %s: %s", name, a.what)
		}
	}
	proxy.Pass()
	if r := p.Get("/healthz", ""); r.Status != http.StatusOK {
		t.Errorf("healthz: %s", r)
	}
}

// A table that somebody locks, and a pool whose connections all wait for it: whoever
// needs them is told to come back, and waits no longer than a statement may.
func TestDatabaseThatIsTooSlow(t *testing.T) {
	t.Parallel()
	url := testdb.URL(t, "postgres")
	p := apptest.New(t, url, apptest.Faulty(), apptest.Configure(func(c *config.Config) { c.Database.MaxConnections = 2 }))
	ada := newPerson(p, "ada@example.com")
	ctx := context.Background()
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	for _, statement := range []string{"BEGIN", "LOCK TABLE grants IN ACCESS EXCLUSIVE MODE"} {
		if _, err := c.Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() { ofReply(p.Get("/userinfo", ada.access)).sorry(t, fmt.Sprint("request ", i)) })
	}
	wg.Wait()
	if took := time.Since(began); took > answered {
		t.Errorf("the answers took %s", took)
	}
	if _, err := c.Exec(ctx, "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	ada.back(t, "unlocked")
}

// Whoever sends a form while the database is away goes on where they were, to the
// application that they came from: also where a browser does not say which page the
// form was on.
func TestOutageLeadsBackToTheSignIn(t *testing.T) {
	t.Parallel()
	proxy := testdb.NewProxy(t, testdb.URL(t, "postgres"))
	p := apptest.New(t, proxy.URL, apptest.Faulty())
	explain(t, p)
	another, b := newPerson(p, "bob@example.com"), p.Browser()
	form := b.Authorize(apptest.NewRequest(apptest.Web))
	outage := func(send func() *apptest.Page) *apptest.Page {
		t.Helper()
		proxy.Refuse()
		page := send()
		ofPage(page).sorry(t, "a form")
		proxy.Pass()
		another.back(t, "the database")
		return b.Open(page.Attr("way-on", "href"))
	}
	form = outage(func() *apptest.Page { return b.Submit(form.Form("/login").Set("email", "ada@example.com")) })
	wait, mail := b.Ask(form, "ada@example.com")
	back := outage(func() *apptest.Page { return b.EnterCode(wait, mail.Code) })
	back = outage(func() *apptest.Page { return b.Submit(back.Form(wait.URL.Path + "/resend")) })
	if back.URL.Path != wait.URL.Path {
		t.Fatalf("not the waiting page, but %s", back)
	}
	if _, ok := b.EnterCode(back, mail.Code).Answer(); !ok {
		t.Error("the application is forgotten")
	}
}
