package app_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"idp/internal/app"
	"idp/internal/apptest"
	"idp/internal/audit"
	"idp/internal/testdb"
)

// A client that is added to the file signs people in, one that is taken out does
// not, and nobody restarts anything.
func TestReloadOnChange(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, database string) {
		f := newFollowed(t, database)
		f.works(apptest.Web, "ada@example.com")
		f.write("idp.yaml", f.base+f.clients(apptest.Web, apptest.Other))
		f.reloaded(0)
		f.works(apptest.Other, "ada@example.com")
		f.works(apptest.Web, "bob@example.com")

		f.write("idp.yaml", f.base+f.clients(apptest.Other))
		f.reloaded(1)
		if page := f.Browser().Open(apptest.NewRequest(apptest.Web).Path()); page.Status != http.StatusBadRequest {
			t.Errorf("a client that is gone: %s", page)
		}
		for _, want := range []string{`"settings":[],"add":["other"],"change":[],"disable":[]`, `"add":[],"change":[],"disable":["web"]`} {
			if !strings.Contains(f.logs.String(), want) {
				t.Errorf("the log does not show the plan %s:\n%s", want, f.logs)
			}
		}
	})
}

// What is changed besides clients is in force too: here the life of a session, and
// who may sign up.
func TestReloadOfSettings(t *testing.T) {
	t.Parallel()
	f := newFollowed(t, testdb.URL(t, "sqlite"))
	b := f.Browser()
	b.SignIn(apptest.NewRequest(apptest.Web), "ada@example.com")
	f.write("idp.yaml", f.base+"signup: {mode: closed}\nmail_typo: 1\n"+f.clients(apptest.Web))
	f.until("fault", func(s app.ReloadState) bool { return strings.Contains(s.Err, "mail_typo: unknown key") })
	f.write("idp.yaml", f.base+"signup: {mode: closed}\n"+f.clients(apptest.Web))
	f.reloaded(0)
	if !strings.Contains(f.logs.String(), `"settings":["signup.mode"],"add":[],"change":[],"disable":[]`) {
		t.Errorf("the log does not name the setting:\n%s", f.logs)
	}
	if a, ok := b.Authorize(apptest.NewRequest(apptest.Web).With("prompt", "none")).Answer(); !ok || a.Code() == "" {
		t.Errorf("the session of before: %v", a)
	}
	stranger := f.Browser()
	stranger.Submit(stranger.Authorize(apptest.NewRequest(apptest.Web)).Form("/login").Set("email", "new@example.com"))
	f.works(apptest.Web, "ada@example.com") // its mail comes after what would have been the other's
	if _, n := f.Inbox.Find("to:new@example.com", 0, 1); n > 0 {
		t.Error("a stranger got a mail though sign-up is closed")
	}
}

// A bad file changes nothing, is logged once, and is over when it is mended.
func TestBadFileKeepsTheOldState(t *testing.T) {
	t.Parallel()
	f := newFollowed(t, testdb.URL(t, "sqlite"))
	f.write("idp.yaml", f.base+f.clients(apptest.Other)+"  - {id: other}\n")
	s := f.until("fault", func(s app.ReloadState) bool { return s.Pending })
	if !strings.Contains(s.Err, "clients[1].id: is the id of clients[0] too") || s.Failures != 1 || s.Reloads != 0 {
		t.Errorf("state: %+v", s)
	}
	if r, ok := f.app.Reloads(); !ok || !r.Failed || r.Faults != 1 {
		t.Errorf("the metrics say %+v, %v", r, ok)
	}
	f.tells(audit.ConfigRefused, `fault {"settings":["clients[1].name"`)
	f.works(apptest.Web, "ada@example.com")
	for range 3 {
		f.now <- struct{}{} // looks are over when the next one begins
	}
	if n := strings.Count(f.logs.String(), "is not reloaded"); n != 1 {
		t.Errorf("the fault is logged %d times", n)
	}
	f.tells(audit.ConfigRefused, `fault {"settings":["clients[1].name"`)
	f.write("idp.yaml", f.base+f.clients(apptest.Web, apptest.Other))
	f.reloaded(0)
	f.works(apptest.Other, "ada@example.com")
	if r, ok := f.app.Reloads(); !ok || r.Failed || r.Changes != 1 || r.At.IsZero() {
		t.Errorf("the metrics say %+v, %v", r, ok)
	}
}

// Settings that need a restart hold back the whole file: its parts were written to
// be in force together.
func TestReloadThatNeedsARestart(t *testing.T) {
	t.Parallel()
	f := newFollowed(t, testdb.URL(t, "sqlite"))
	f.write("idp.yaml", strings.Replace(f.base, "listen: 127.0.0.1:0", "listen: 127.0.0.1:1\nlog: {format: text}", 1)+f.clients(apptest.Web, apptest.Other))
	s := f.until("restart", func(s app.ReloadState) bool { return s.Pending })
	if !slices.Equal(s.Restart, []string{"listen", "log.format"}) || !strings.Contains(f.logs.String(), "restart needed for: listen, log.format") {
		t.Errorf("state: %+v", s)
	}
	f.tells(audit.ConfigRefused, `restart {"settings":["listen","log.format"]}`)
	if f.app.Current().Clients.Client("other") != nil {
		t.Error("half of the file is in force")
	}
	f.write("idp.yaml", f.base+f.clients(apptest.Web))
	f.reloaded(0)
}

// The two ways in which orchestrators replace files: a secret's text alone, and a
// directory behind a symbolic link.
func TestReloadOfSecretsAndLinks(t *testing.T) {
	t.Parallel()
	f := newFollowed(t, testdb.URL(t, "sqlite"))
	next := apptest.Web
	next.Secret = strings.ToUpper(next.Secret) // as long as before
	f.write("web", next.Secret)
	f.reloaded(0)
	f.works(next, "ada@example.com")
	must(t, os.Chmod(f.path("web"), 0o604))
	must(t, os.Chmod(f.dir, 0o711))               //nolint:gosec // as it may be found
	must(t, os.Chmod(filepath.Dir(f.dir), 0o711)) //nolint:gosec // as it may be found
	if strings.Contains(f.logs.String(), "everybody") {
		t.Errorf("nobody else could read it: %s", f.logs)
	}
	f.write("root", strings.Repeat("r", 40)+"\n") // the same secret, another file
	f.reloaded(1)
	if !strings.Contains(f.logs.String(), "web can be read by everybody") {
		t.Errorf("nothing is said of a secret that everybody can read: %s", f.logs)
	}

	for i, c := range []apptest.Client{apptest.Other, apptest.Basic} {
		must(t, os.MkdirAll(f.path(fmt.Sprint("data", i)), 0o700))
		f.write(fmt.Sprint("data", i, "/idp.yaml"), f.base+f.clients(c))
	}
	must(t, os.Symlink("data0", f.path("..data")))
	must(t, os.Symlink("..data/idp.yaml", f.path("link")))
	must(t, os.Rename(f.path("link"), f.path("idp.yaml")))
	f.reloaded(2)
	f.works(apptest.Other, "ada@example.com")

	must(t, os.Symlink("data1", f.path("..data_tmp")))
	must(t, os.Rename(f.path("..data_tmp"), f.path("..data")))
	f.reloaded(3)
	f.works(apptest.Basic, "ada@example.com")
}

// During a rolling change, a replica that has the old file yet does not undo what
// one with the new file declared, whatever it reloads for.
func TestReplicasDoNotUndoEachOther(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, database string) {
		first, second := newFollowed(t, database), newFollowed(t, database)
		first.write("idp.yaml", first.base+first.clients(apptest.Web, apptest.Other))
		first.reloaded(0)
		second.write("idp.yaml", second.base+"signup: {mode: closed}\n"+second.clients(apptest.Web))
		second.reloaded(0)
		second.now <- struct{}{}
		second.reloaded(1)
		if page := second.Browser().Open(apptest.NewRequest(apptest.Other).Path()); page.Status != http.StatusOK {
			t.Errorf("the replica with the old file: %s", page)
		}
		first.works(apptest.Other, "ada@example.com")
		// With the new file, there is nothing left to do.
		second.write("idp.yaml", second.base+second.clients(apptest.Web, apptest.Other))
		second.reloaded(2)
		if n := strings.Count(second.logs.String(), `"msg":"client `); n != 0 {
			t.Errorf("the second replica changed %d clients:\n%s", n, second.logs)
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Fifty reloads under load, each of which changes a client and a setting: no
// request fails, and no sign-in.
func TestNoRequestFailsDuringReloads(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, database string) {
		f := newFollowed(t, database)
		f.works(apptest.Web, "ada@example.com")
		var over atomic.Bool
		var wg sync.WaitGroup
		var asked, failed atomic.Int64
		for _, path := range []string{"/.well-known/openid-configuration", "/jwks.json", "/login", apptest.NewRequest(apptest.Web).Path()} {
			wg.Go(func() {
				for !over.Load() {
					asked.Add(1)
					if page := f.Browser().Open(path); page.Status != http.StatusOK {
						failed.Add(1)
					}
				}
			})
		}
		wg.Go(func() {
			for i := 0; !over.Load(); i++ {
				f.works(apptest.Web, fmt.Sprintf("person%d@example.com", i))
			}
		})
		for i := range 50 {
			f.write("idp.yaml", f.base+fmt.Sprintf("session: {ttl: %dm}\n", 60+i)+strings.ReplaceAll(f.clients(apptest.Web), "Application", fmt.Sprint("Application ", i)))
			f.now <- struct{}{}
			f.reloaded(i)
		}
		over.Store(true)
		wg.Wait()
		if failed.Load() > 0 || asked.Load() < 100 {
			t.Errorf("%d of %d requests failed", failed.Load(), asked.Load())
		}
		if faults := f.logs.Faults(); len(faults) > 0 {
			t.Errorf("faults: %s", faults)
		}
	})
}

// A process that reloads for years keeps nothing of the configurations before.
func TestReloadsLeaveNothingBehind(t *testing.T) {
	f := newFollowed(t, testdb.URL(t, "sqlite"))
	again := func(times int) {
		for range times {
			f.now <- struct{}{}
		}
		n := f.app.ReloadState().Reloads
		f.now <- struct{}{}
		f.reloaded(n)
	}
	again(3)
	before := runtime.NumGoroutine()
	again(30)
	deadline := time.Now().Add(10 * time.Second)
	for runtime.NumGoroutine() > before+5 {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, then %d", before, runtime.NumGoroutine())
		}
		<-time.After(every) // those of the last one are about to end
	}
}
