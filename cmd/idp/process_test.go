package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/inbox"
)

// tests is the run of all tests, and removes what they built.
type tests struct{ *testing.M }

func (m tests) Run() int {
	defer func() {
		if builtIn != "" {
			_ = os.RemoveAll(builtIn)
		}
	}()
	return m.M.Run()
}

// builtIn is the directory of binary; "" if nobody needed it.
var builtIn string

// binary builds the program once for all tests with real processes.
var binary = sync.OnceValues(func() (path string, err error) {
	if builtIn, err = os.MkdirTemp("", "idp-test"); err != nil {
		return "", err
	}
	path = filepath.Join(builtIn, "idp")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return path, nil
})

// site is what processes of one installation share: database, mail, issuer.
type site struct {
	t        *testing.T
	issuer   string
	database string
	mails    *inbox.Store
	smtpPort int
	stopSMTP func()
	proxies  string // that are trusted, instead of 127.0.0.1
	more     string // of the configuration
}

func newSite(t *testing.T, database, issuer string) *site {
	t.Helper()
	return &site{t: t, issuer: issuer, database: database, mails: inbox.NewStore(inbox.Limits{}), smtpPort: freePort(t)}
}

// freePort finds a port that nobody listens on. It is the test's to take soon. It
// lies below the ports that the system gives to connections on their way out, one
// of which would take it meanwhile.
func freePort(t *testing.T) int {
	t.Helper()
	for range 100 {
		port := 10_000 + rand.IntN(20_000)
		if l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("no free port in a hundred tries")
	return 0
}

// mailUp starts the mail server on the site's port.
func (s *site) mailUp() {
	s.t.Helper()
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", s.smtpPort))
	if err != nil {
		s.t.Fatal(err)
	}
	server := inbox.NewSMTPServer(s.mails, slog.New(slog.DiscardHandler))
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	s.stopSMTP = sync.OnceFunc(func() { _ = server.Close(); _ = l.Close(); <-done })
	s.t.Cleanup(s.stopSMTP)
}

const siteConfig = `
issuer: %s
listen: %s
secret: env:IDP_SECRET
database: {url: env:IDP_DATABASE_URL, max_connections: 8}
mail: {from: login@idp.example.com, smtp: {host: 127.0.0.1, port: %d, security: none}}
http: {trusted_proxies: [%s]}
log: {format: text}
limits: {posts_per_browser: 1000000/1m, codes_per_ip: 1000000/1m, send_per_ip: [1000000/1h], send_per_instance: [1000000/1h], send_unknown: 1000000/1h, send_per_new_domain: 1000000/1h}
clients:
  - id: web
    name: Web
    secrets: [env:WEB_SECRET]
    redirect_uris: [https://web.example.com/callback]
    id_token_alg: ES256
`

// process is one running idp serve.
type process struct {
	t   *testing.T
	cmd *exec.Cmd
	log *strings.Builder
}

// configFile writes the configuration of a process that listens on an address.
func (s *site) configFile(listen string) string {
	s.t.Helper()
	file := filepath.Join(s.t.TempDir(), "idp.yaml")
	text := fmt.Appendf(nil, siteConfig, s.issuer, listen, s.smtpPort, cmp.Or(s.proxies, "127.0.0.1"))
	text = append(text, s.more...)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		s.t.Fatal(err)
	}
	return file
}

// start runs idp serve on an address and waits until it is ready.
func (s *site) start(listen string) *process {
	s.t.Helper()
	path, err := binary()
	if err != nil {
		s.t.Fatal(err)
	}
	return s.startFile(path, s.configFile(listen), listen)
}

// startFile is start with a configuration at hand.
func (s *site) startFile(path, file, listen string) *process {
	s.t.Helper()
	p := &process{t: s.t, cmd: exec.Command(path, "serve", "--config", file), log: &strings.Builder{}}
	p.cmd.Env = append(os.Environ(), "IDP_SECRET="+apptest.RootSecret, "IDP_DATABASE_URL="+s.database, "WEB_SECRET="+apptest.Web.Secret)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	if err := p.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(p.kill)
	deadline := time.Now().Add(20 * time.Second)
	for !answers("http://" + listen + "/readyz") {
		if time.Now().After(deadline) {
			p.kill()
			s.t.Fatalf("the process is not ready:\n%s", p.log)
		}
	}
	return p
}

func answers(url string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		<-ctx.Done() // pace the next try
		return false
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode == http.StatusOK
}

// kill ends the process as a power cut would.
func (p *process) kill() {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait() // "signal: killed" is what was asked for
	}
}
