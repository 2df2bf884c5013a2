package app_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"idp/internal/app"
	"idp/internal/apptest"
	"idp/internal/audit"
	"idp/internal/config"
	"idp/internal/inbox"
)

// followed is a provider that follows its configuration in a directory, where
// secrets are files too.
type followed struct {
	*apptest.Provider
	t    *testing.T
	app  *app.App
	dir  string
	base string // the configuration without clients
	logs *apptest.Logs
	now  chan struct{}
}

// every is the pause between two looks: a change is in force after two or three.
const every = 10 * time.Millisecond

func newFollowed(t *testing.T, database string) *followed {
	t.Helper()
	f := &followed{t: t, dir: t.TempDir(), logs: &apptest.Logs{}, now: make(chan struct{})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	mails := inbox.NewStore(inbox.Limits{})
	f.Provider = apptest.Outside(t, "http://"+l.Addr().String(), mails)
	f.write("root", strings.Repeat("r", 40))
	f.write("database", database)
	f.write("web", apptest.Web.Secret)
	f.base = fmt.Sprintf(`issuer: http://%s
listen: 127.0.0.1:0
secret: file:%s
database: {url: "file:%s"}
mail: {from: login@idp.example.com, smtp: {host: 127.0.0.1, port: %d, security: none}}
limits: {posts_per_browser: 1000000/1m, send_per_instance: [1000000/1h], send_unknown: 1000000/1h, send_per_new_domain: 1000000/1h, send_per_ip: [1000000/1h], codes_per_ip: 1000000/1m}
`, l.Addr(), f.path("root"), f.path("database"), f.mailServer(mails))
	f.write("idp.yaml", f.base+f.clients(apptest.Web))
	f.serve(l)
	return f
}

func (f *followed) mailServer(mails *inbox.Store) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.t.Fatal(err)
	}
	s := inbox.NewSMTPServer(mails, f.logs.Logger())
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }() // it always ends with an error, by Close
	f.t.Cleanup(func() { _ = s.Close(); _ = l.Close(); <-done })
	return l.Addr().(*net.TCPAddr).Port
}

func (f *followed) serve(l net.Listener) {
	f.t.Helper()
	cfg, err := config.Load(f.path("idp.yaml"), getenv)
	if err != nil {
		f.t.Fatal(err)
	}
	f.app, err = app.New(context.Background(), cfg, app.Options{
		Log:    f.logs.Logger(),
		Follow: &app.Follow{File: config.OpenFile(f.path("idp.yaml"), getenv), Now: f.now, Every: every},
	})
	if err != nil {
		f.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.app.Serve(ctx, l) }()
	f.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			f.t.Errorf("stop: %v", err)
		}
	})
}

// getenv has what the broken files of package config ask for.
func getenv(name string) string {
	return map[string]string{
		"IDP_SECRET": strings.Repeat("s", 44), "IDP_DATABASE_URL": "sqlite:/nowhere", "SHORT": "tooshort", "MYSQL_URL": "mysql://idp@db/idp",
		"IDP_SMTP_PASSWORD": "hunter2hunter2", "IDP_HOOK_SECRET": strings.Repeat("h", 32), "IDP_CAPTCHA_SECRET": "hush",
	}[name]
}

func (f *followed) path(name string) string { return filepath.Join(f.dir, name) }

// write replaces a file as careful editors do.
func (f *followed) write(name, text string) {
	f.t.Helper()
	if err := os.WriteFile(f.path(name+".new"), []byte(text), 0o600); err != nil {
		f.t.Fatal(err)
	}
	if err := os.Rename(f.path(name+".new"), f.path(name)); err != nil {
		f.t.Fatal(err)
	}
}

// clients declares applications whose secrets stand in files of their names.
func (f *followed) clients(clients ...apptest.Client) string {
	out := "clients:\n"
	for _, c := range clients {
		f.write(c.ID, c.Secret)
		out += f.client(c)
	}
	return out
}

func (f *followed) client(c apptest.Client) string {
	return fmt.Sprintf("  - {id: %s, name: Application, secrets: [\"file:%s\"], redirect_uris: [%s], id_token_alg: ES256}\n", c.ID, f.path(c.ID), c.Redirect)
}

// until waits for a state of the configuration.
func (f *followed) until(what string, good func(app.ReloadState) bool) app.ReloadState {
	f.t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		next := f.logs.Next()
		if s := f.app.ReloadState(); good(s) {
			return s
		}
		select {
		case <-next:
		case <-time.After(every): // not every change of the state is logged
		case <-deadline:
			f.t.Fatalf("%s: the state stays %+v\n%s", what, f.app.ReloadState(), f.logs)
		}
	}
}

// reloaded waits for the next good reload after so many.
func (f *followed) reloaded(after int) {
	f.t.Helper()
	f.until("reload", func(s app.ReloadState) bool { return s.Reloads > after && !s.Pending })
}

// works signs somebody in and redeems the code.
func (f *followed) works(c apptest.Client, email string) {
	f.t.Helper()
	request := apptest.NewRequest(c)
	if reply := f.Redeem(request, f.Browser().SignIn(request, email).Code()); reply.Status != 200 {
		f.t.Fatalf("%s: %s", c.ID, reply)
	}
}

// tells expects the audit log to have one event of the name by now, with result and
// detail that begin so.
func (f *followed) tells(name audit.Name, begins string) {
	f.t.Helper()
	f.now <- struct{}{} // the look that recorded it is over when the next one begins
	events, err := f.app.Store.Events(context.Background(), audit.Query{Name: string(name)})
	if err != nil || len(events) != 1 || events[0].Actor != audit.System || !strings.HasPrefix(events[0].Result+" "+events[0].Detail, begins) {
		f.t.Errorf("%s is told as %+v, %v", name, events, err)
	}
}
