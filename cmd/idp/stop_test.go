package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"idp/internal/apptest"
	"idp/internal/testdb"
)

// crowd is many people who ask for mails until nobody answers.
type crowd struct {
	wg       sync.WaitGroup
	answered atomic.Int64
	warm     chan struct{} // closed after some answers for each of them
	refused  sync.Map      // statuses that are not the redirect to the waiting page
}

// newCrowd opens the form for each of the people, who then send it at once, over
// and over.
func newCrowd(provider *apptest.Provider, people, answers int) *crowd {
	c := &crowd{warm: make(chan struct{})}
	for person := range people {
		b := provider.Browser()
		form := b.Open("/login").Form("/login")
		cookie := b.Cookie(apptest.BrowserCookie)
		c.wg.Go(func() {
			for try := 0; ; try++ {
				form.Set("email", fmt.Sprintf("person%d.%d@example.com", person, try))
				req := b.NewRequest(http.MethodPost, form.Action, form.Values)
				req.AddCookie(&http.Cookie{Name: apptest.BrowserCookie, Value: cookie})
				req.Header.Set("Origin", provider.URL)
				req.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", person, try/250, try%250+1))
				if !c.send(req) {
					return
				}
				if c.answered.Add(1) == int64(people*answers) {
					close(c.warm)
				}
			}
		})
	}
	return c
}

// send reports whether anybody answered.
func (c *crowd) send(req *http.Request) bool {
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return false // the process is gone
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	if resp.StatusCode != http.StatusSeeOther {
		c.refused.Store(resp.StatusCode, true)
	}
	return true
}

// stop asks the process to end, as an init system does, and waits until it did.
func (p *process) stop() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		p.t.Fatalf("the process ended with %v:\n%s", err, p.log)
	}
}

// quiet fails the test if the process logged a fault of its own.
func (p *process) quiet() {
	p.t.Helper()
	for line := range strings.Lines(p.log.String()) {
		if strings.Contains(line, "level=ERROR") || strings.Contains(line, "context canceled") {
			p.t.Errorf("a stop is no fault: %s", line)
		}
	}
}

// An ordinary stop is nothing that an operator should read about, whatever the
// process was doing.
func TestStopLogsNoFault(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		mail   bool // the mail server is up
		people int
	}{
		{"idle", true, 0},
		{"under load", true, 8},
		{"while mails wait", false, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			testdb.EachURL(t, func(t *testing.T, database string) {
				listen := fmt.Sprintf("127.0.0.1:%d", freePort(t))
				s := newSite(t, database, "http://"+listen)
				if c.mail {
					s.mailUp()
				}
				p := s.start(listen)
				crowd := newCrowd(apptest.Outside(t, s.issuer, s.mails), c.people, 4)
				if c.people > 0 {
					<-crowd.warm
				}
				p.stop()
				if log := p.log.String(); !strings.Contains(log, "msg=stopping ") || !strings.HasSuffix(log, "msg=stopped\n") {
					t.Errorf("the log does not tell a stop from a death:\n%s", log)
				}
				crowd.wg.Wait()
				crowd.refused.Range(func(status, _ any) bool { t.Errorf("a page answered %v", status); return true })
				p.quiet()
			})
		})
	}
}

// What idp config check warns of, whoever only starts the server reads too.
func TestServeWarns(t *testing.T) {
	t.Parallel()
	listen := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	s := newSite(t, testdb.URL(t, "sqlite"), "http://"+listen)
	s.more = "    scopes: [openid, profil]\n"
	p := s.start(listen)
	p.stop()
	if log := p.log.String(); !strings.Contains(log, "msg=serving version=") {
		t.Errorf("nothing is said of what serves:\n%s", log)
	}
	if log := p.log.String(); !strings.Contains(log, "level=WARN msg=configuration") || !strings.Contains(log, `did you mean \"profile\"?`) {
		t.Errorf("nothing is said of the scope:\n%s", log)
	}
}
