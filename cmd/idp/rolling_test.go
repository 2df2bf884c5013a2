package main

import (
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"idp/internal/apptest"
	"idp/internal/testdb"
)

// attempt is a test that may fail without failing the test.
type attempt struct{ testing.TB }

type failure struct{ text string }

func (attempt) Helper() {}

func (a attempt) Fatalf(format string, args ...any) { panic(failure{fmt.Sprintf(format, args...)}) }

func (a attempt) Fatal(args ...any) { panic(failure{fmt.Sprint(args...)}) }

// try returns what went wrong in act.
func try(t testing.TB, act func(t testing.TB)) (err error) {
	defer func() {
		if v := recover(); v != nil {
			f, ok := v.(failure)
			if !ok {
				panic(v)
			}
			err = fmt.Errorf("%s", f.text)
		}
	}()
	act(attempt{t})
	return nil
}

// people sign in over and over until they are asked to stop.
type people struct {
	wg      sync.WaitGroup
	stop    atomic.Bool
	mu      sync.Mutex
	more    *sync.Cond // one more came to an end
	ended   int
	retries []error  // why somebody had to begin again
	lost    []error  // why somebody had to begin again twice
	tokens  []string // refresh tokens of those who are in
}

// signIn is a whole sign-in, and what the application does with it.
func signIn(t testing.TB, p *apptest.Provider, email, from string, byLink bool) (refresh string) {
	p = p.For(t)
	b, request := p.Browser(), apptest.Offline(apptest.Web)
	b.Header.Set("X-Forwarded-For", "10.0."+from)
	sign := b.SignIn
	if byLink {
		sign = b.SignInByLink
	}
	reply := p.Redeem(request, sign(request, email).Code())
	next := p.Refresh(apptest.Web, reply.Refresh(), "")
	info := p.Get("/userinfo", next.Access())
	if reply.Status != http.StatusOK || next.Status != http.StatusOK || info.Text("email") != email {
		t.Fatalf("after the sign-in: %s\n%s\n%s", reply, next, info)
	}
	return next.Refresh()
}

func newPeople(t *testing.T, p *apptest.Provider, n int) *people {
	t.Helper()
	all := &people{}
	all.more = sync.NewCond(&all.mu)
	for person := range n {
		all.wg.Go(func() {
			for i := 0; !all.stop.Load(); i++ {
				all.one(t, p, fmt.Sprintf("person%d.%d@example.com", person, i), fmt.Sprintf("%d.%d", person, i%250+1), i%2 == 1)
			}
		})
	}
	return all
}

func (all *people) one(t *testing.T, p *apptest.Provider, email, from string, byLink bool) {
	refresh := ""
	again := func(t testing.TB) { refresh = signIn(t, p, email, from, byLink) }
	err := try(t, again)
	var second error
	if err != nil {
		second = try(t, again)
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	all.ended++
	all.more.Broadcast()
	switch {
	case second != nil:
		all.lost = append(all.lost, second)
		return
	case err != nil:
		all.retries = append(all.retries, err)
	}
	all.tokens = append(all.tokens, refresh)
}

// replicas are three processes behind a balancer, and people who sign in there.
func replicas(t *testing.T) (s *site, listen []string, running []*process, p *apptest.Provider) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s = newSite(t, testdb.URL(t, "postgres"), "http://"+l.Addr().String())
	s.more = "shutdown_delay: 1s\n"
	s.mailUp()
	for range 3 {
		listen = append(listen, fmt.Sprintf("127.0.0.1:%d", freePort(t)))
		running = append(running, s.start(listen[len(listen)-1]))
	}
	newBalancer(t, l, listen...)
	return s, listen, running, apptest.Outside(t, s.issuer, s.mails)
}

// until waits for some more sign-ins.
func (all *people) until(more int) {
	all.mu.Lock()
	defer all.mu.Unlock()
	for want := all.ended + more; all.ended < want; {
		all.more.Wait()
	}
}

// An upgrade: three replicas stop and start again, one after another, while people
// sign in. Nobody notices.
func TestRollingLosesNothing(t *testing.T) {
	s, listen, running, p := replicas(t)
	all := newPeople(t, p, 5)
	for i, one := range running {
		all.until(10)
		one.stop()
		one.quiet()
		running[i] = s.start(listen[i])
	}
	all.until(10)
	all.finish(t, p)
	if len(all.retries) > 0 {
		t.Errorf("%d of %d sign-ins failed at first, such as: %v", len(all.retries), len(all.tokens), all.retries[0])
	}
}

// A power cut of one replica: whoever was being served by it begins again, once,
// and who is signed in stays so.
func TestKilledReplicaCostsOneRetry(t *testing.T) {
	s, listen, running, p := replicas(t)
	all := newPeople(t, p, 5)
	all.until(15)
	running[1].kill()
	all.until(15)
	s.start(listen[1])
	all.until(10)
	all.finish(t, p)
	if len(all.retries) > 5 {
		t.Errorf("%d people had to begin again, and only 5 were there: %v", len(all.retries), all.retries)
	}
}

// finish lets everybody go home and looks whether all are still signed in.
func (all *people) finish(t *testing.T, p *apptest.Provider) {
	t.Helper()
	all.stop.Store(true)
	all.wg.Wait()
	for _, err := range all.lost {
		t.Errorf("a sign-in failed twice: %v", err)
	}
	for _, token := range all.tokens {
		if r := p.Refresh(apptest.Web, token, ""); r.Status != http.StatusOK {
			t.Errorf("a sign-in is lost: %s", r)
		}
	}
	t.Logf("%d sign-ins, %d of them at the second try", len(all.tokens), len(all.retries))
}
