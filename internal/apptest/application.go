package apptest

import (
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Application is a client that runs: it hears of logouts.
type Application struct {
	Client
	URL         string
	Certificate *x509.Certificate // nil without TLS

	mu     sync.Mutex
	answer http.HandlerFunc
	tokens chan string
}

// NewApplication starts an application until the test ends. Start it in front of
// the provider, which gets Registration by the option Clients.
func NewApplication(t testing.TB, id string) *Application {
	t.Helper()
	return newApplication(t, id, httptest.NewServer)
}

// NewTLSApplication is NewApplication under https. Certificate is whom to trust.
func NewTLSApplication(t testing.TB, id string) *Application {
	t.Helper()
	return newApplication(t, id, httptest.NewTLSServer)
}

func newApplication(t testing.TB, id string, start func(http.Handler) *httptest.Server) *Application {
	t.Helper()
	a := &Application{Client: Confidential(id), answer: func(http.ResponseWriter, *http.Request) {}, tokens: make(chan string, 1000)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /backchannel", a.backchannel)
	s := start(mux)
	t.Cleanup(s.Close)
	a.Certificate = s.Certificate()
	a.URL, a.Redirect = s.URL, s.URL+"/callback"
	return a
}

func (a *Application) backchannel(w http.ResponseWriter, r *http.Request) {
	a.tokens <- r.PostFormValue("logout_token")
	a.mu.Lock()
	answer := a.answer
	a.mu.Unlock()
	answer(w, r)
}

// Registration is the application's entry in the list clients, with more keys.
func (a *Application) Registration(more ...string) string {
	lines := append([]string{
		"name: Application", fmt.Sprintf("secrets: [env:%s_SECRET]", strings.ToUpper(a.ID)), "redirect_uris: [" + a.Redirect + "]",
		"post_logout_redirect_uris: [" + a.URL + "/bye]", "backchannel_logout_uri: " + a.URL + "/backchannel",
	}, more...)
	return "  - id: " + a.ID + "\n    " + strings.Join(lines, "\n    ") + "\n"
}

// Answers says how the application answers a logout token from now on.
func (a *Application) Answers(h http.HandlerFunc) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answer = h
}

// a token arrives in milliseconds, or at the worker's next look if its bell was
// not rung.
const tokenPatience = 20 * time.Second

// NextToken waits for the next logout token.
func (a *Application) NextToken(t testing.TB) string {
	t.Helper()
	select {
	case token := <-a.tokens:
		return token
	case <-time.After(tokenPatience):
		t.Fatalf("%s hears of no logout", a.ID)
		return ""
	}
}

// Tokens is how many logout tokens arrived that nobody looked at.
func (a *Application) Tokens() int { return len(a.tokens) }
