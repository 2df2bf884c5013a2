package testdb

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is a PostgreSQL server of one test, which the test may stop and start.
type Server struct {
	// URL is the address of its database.
	URL string

	t    testing.TB
	dir  string
	port int
	cmd  *exec.Cmd
	done chan struct{}
}

// NewServer makes a server and starts it. It needs the programs of PostgreSQL on
// this machine, as scripts/with-postgres does.
func NewServer(t testing.TB) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	dir, err := os.MkdirTemp("", "idp-server")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := &Server{t: t, dir: dir, port: port, URL: fmt.Sprintf("postgres://idp@127.0.0.1:%d/postgres?sslmode=disable", port)}
	if who := s.owner(); who != nil {
		if err := os.Chown(dir, int(who.Uid), int(who.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	out, err := s.command("initdb", "-D", filepath.Join(dir, "data"), "-U", "idp", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync").CombinedOutput()
	if err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	t.Cleanup(func() { s.Stop(syscall.SIGQUIT) })
	s.Start()
	return s
}

// owner is whom the server runs as: root may not run one.
func (s *Server) owner() *syscall.Credential {
	if os.Geteuid() != 0 {
		return nil
	}
	who, err := user.Lookup("postgres")
	if err != nil {
		s.t.Fatal(err)
	}
	uid, errUID := strconv.Atoi(who.Uid)
	gid, errGID := strconv.Atoi(who.Gid)
	if errUID != nil || errGID != nil {
		s.t.Fatal(errUID, errGID)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func (s *Server) command(name string, args ...string) *exec.Cmd {
	s.t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil || len(found) == 0 {
		if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
			found = []string{filepath.Join(string(bytes.TrimSpace(out)), name)}
		}
	}
	if len(found) == 0 {
		s.t.Fatalf("%s is not installed; on Debian: apt-get install postgresql", name)
	}
	slices.Sort(found)
	cmd := exec.Command(found[len(found)-1], args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.owner(), Setpgid: true}
	return cmd
}

// Start runs the server and waits until it answers.
func (s *Server) Start() {
	s.t.Helper()
	var log bytes.Buffer
	s.cmd = s.command("postgres", "-D", filepath.Join(s.dir, "data"), "-p", strconv.Itoa(s.port), "-h", "127.0.0.1", "-k", s.dir, "-c", "fsync=off")
	s.cmd.Stdout, s.cmd.Stderr = &log, &log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.done = make(chan struct{})
	go func(cmd *exec.Cmd, done chan struct{}) { _ = cmd.Wait(); close(done) }(s.cmd, s.done)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		c, err := pgx.Connect(ctx, s.URL)
		if err == nil {
			c.Close(ctx)
			return
		}
		select {
		case <-ctx.Done():
			s.t.Fatalf("the server does not answer: %v\n%s", err, log.String())
		case <-s.done:
			s.t.Fatalf("the server ended:\n%s", log.String())
		case <-time.After(20 * time.Millisecond): // it takes what it takes
		}
	}
}

// Stop ends the server by a signal and waits until it ended: SIGINT tells those
// connected (57P01), SIGQUIT is as good as a crash.
func (s *Server) Stop(signal syscall.Signal) {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(signal)
	<-s.done
	s.cmd = nil
}
