package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"idp/bench/caller"
	"idp/bench/smtpsink"
	"idp/internal/testdb"
)

const testSecret = "a-secret-for-the-test"

// newRunning starts a floor with a database and a mail server.
func newRunning(t *testing.T) (*floor, *smtpsink.Sink) {
	t.Helper()
	mails, err := smtpsink.Listen()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	issuer := fmt.Sprintf("http://localhost:%d", l.Addr().(*net.TCPAddr).Port)
	f, err := newFloor(t.Context(), issuer, fmt.Sprintf("127.0.0.1:%d", mails.Port()), testdb.Empty(t, "postgres"), testSecret)
	if err != nil {
		t.Fatal(err)
	}
	go f.mail.run()
	server := &httptest.Server{Listener: l, Config: &http.Server{Handler: f.routes()}}
	server.Start()
	t.Cleanup(func() { server.CloseClientConnections(); server.Close(); f.pool.Close(); mails.Close() })
	return f, mails
}

// TestEveryOperation: a yardstick that does less than it says measures nothing.
func TestEveryOperation(t *testing.T) {
	t.Parallel()
	f, mails := newRunning(t)
	p, err := caller.Meet(f.issuer)
	if err != nil {
		t.Fatal(err)
	}
	es, rs := caller.Client{ID: "bench-es", Algorithm: "ES256"}, caller.Client{ID: "bench-rs", Algorithm: "RS256"}
	web := caller.Client{ID: "bench-web", Algorithm: "ES256", Secret: testSecret}
	for _, test := range []struct {
		name   string
		client caller.Client
		what   func(*caller.Person) (func() error, error)
	}{
		{"userinfo", es, (*caller.Person).Userinfo},
		{"introspect", web, (*caller.Person).Introspect},
		{"refresh", es, (*caller.Person).Refresh},
		{"refresh-rs", rs, (*caller.Person).Refresh},
		{"refresh-bound", es, (*caller.Person).RefreshBound},
		{"sso", rs, (*caller.Person).SSO},
		{"passwordless", es, (*caller.Person).Passwordless},
		{"login", es, func(p *caller.Person) (func() error, error) { return p.Login(true) }},
	} {
		person, err := p.Person(test.name, test.client, mails)
		if err != nil {
			t.Fatal(err)
		}
		step, err := test.what(person)
		for n := 0; n < 3 && err == nil; n++ {
			err = step()
		}
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// TestOperationsWithoutPeople is the same for those that nobody signs in for.
func TestOperationsWithoutPeople(t *testing.T) {
	t.Parallel()
	f, _ := newRunning(t)
	p, err := caller.Meet(f.issuer)
	if err != nil {
		t.Fatal(err)
	}
	for name, prepare := range map[string]func() (func() error, error){
		"push":               func() (func() error, error) { return p.Push(caller.Client{ID: "bench-web", Secret: testSecret}) },
		"client credentials": func() (func() error, error) { return p.Machine(caller.Client{ID: "bench-machine", Secret: testSecret}) },
	} {
		step, err := prepare()
		if err == nil {
			err = step()
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestBound: a bound refresh token is of no use to another key, or without one.
func TestBound(t *testing.T) {
	t.Parallel()
	f, mails := newRunning(t)
	p, err := caller.Meet(f.issuer)
	if err != nil {
		t.Fatal(err)
	}
	person, err := p.Person("prover", caller.Client{ID: "bench-es", Algorithm: "ES256"}, mails)
	if err != nil {
		t.Fatal(err)
	}
	chain, err := person.Chain(true)
	if err != nil {
		t.Fatal(err)
	}
	if err := chain.Refresh(); err != nil {
		t.Fatal(err)
	}
	if err := chain.Stolen(); err != nil {
		t.Error(err)
	}
	if err := chain.Refresh(); err != nil {
		t.Errorf("after somebody tried to steal it: %v", err)
	}
}

// TestSingleUse: links, codes and refresh tokens work once, which is what most of
// the floor's database work is for.
func TestSingleUse(t *testing.T) {
	t.Parallel()
	f, mails := newRunning(t)
	mail := func() string {
		post(t, f.issuer+"/login", url.Values{"email": {"ada@example.com"}})
		text, err := mails.Await("ada@example.com", 5*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		_, link, _ := strings.Cut(text, f.issuer)
		link, _, _ = strings.Cut(link, "\r\n")
		return f.issuer + link
	}
	link := mail()
	for _, status := range []int{http.StatusSeeOther, http.StatusGone} {
		if got, _ := post(t, link, nil); got != status {
			t.Errorf("link: status %d, want %d", got, status)
		}
	}
	verifier := "the-verifier"
	code := f.seal.request(&request{
		Client: "bench-es", Redirect: callback, Challenge: b64.EncodeToString(hashOf(verifier)), User: 1, Expires: time.Now().Unix() + 60,
	})
	form := url.Values{"grant_type": {"authorization_code"}, "client_id": {"bench-es"}, "redirect_uri": {callback}, "code": {code}, "code_verifier": {"wrong"}}
	if got, _ := post(t, f.issuer+"/oauth/token", form); got != http.StatusBadRequest {
		t.Errorf("wrong verifier: status %d", got)
	}
	form.Set("code_verifier", verifier)
	_, body := post(t, f.issuer+"/oauth/token", form)
	_, refresh, _ := strings.Cut(body, `"refresh_token":"`)
	again := url.Values{"grant_type": {"refresh_token"}, "client_id": {"bench-es"}, "refresh_token": {strings.TrimSuffix(refresh, `"}`)}}
	for _, test := range []struct {
		name string
		form url.Values
		want int
	}{{"code", form, http.StatusBadRequest}, {"refresh token", again, http.StatusOK}, {"refresh token", again, http.StatusBadRequest}} {
		if got, body := post(t, f.issuer+"/oauth/token", test.form); got != test.want {
			t.Errorf("%s: status %d, want %d: %s", test.name, got, test.want, body)
		}
	}
}

func post(t *testing.T, target string, form url.Values) (status int, body string) {
	t.Helper()
	c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.PostForm(target, form)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}
