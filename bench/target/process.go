package target

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Process is a running target.
type Process struct {
	Place
	PID   int
	Ready time.Duration // from its start to the first answer with status 200

	kind Kind
	log  string
	cmd  *exec.Cmd
	end  chan struct{} // closed when the process is gone
	err  error         // of its end; read it after end
}

const (
	startTimeout = 30 * time.Second
	stopTimeout  = 15 * time.Second
	lookEvery    = 200 * time.Microsecond
)

// Start runs a target and returns when it answers. Stop ends it.
func (k Kind) Start(p Place) (*Process, error) {
	cmd, err := k.command(k.Binary, p)
	if err != nil {
		return nil, err
	}
	t := &Process{Place: p, kind: k, cmd: cmd, log: filepath.Join(p.Dir, k.Name+".log"), end: make(chan struct{})}
	log, err := os.OpenFile(t.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", k.Name, err)
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", k.Name, err)
	}
	t.PID = cmd.Process.Pid
	go func() { t.err = cmd.Wait(); close(t.end) }()
	if err := t.await(start); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w; its log ends:\n%s", k.Name, err, t.tail()), t.Stop())
	}
	t.Ready = time.Since(start)
	return t, nil
}

// await asks for the discovery document until it is there.
func (t *Process) await(start time.Time) error {
	for time.Since(start) < startTimeout {
		select {
		case <-t.end:
			return errors.New("it ended at once")
		case <-time.After(lookEvery):
		}
		if t.answers() {
			return nil
		}
	}
	return errors.New("it does not answer")
}

func (t *Process) answers() bool {
	c, err := net.Dial("tcp", t.listen())
	if err != nil {
		return false
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return false
	}
	fmt.Fprintf(c, "GET /.well-known/openid-configuration HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n\r\n", t.Port)
	var status [len("HTTP/1.1 200")]byte
	_, err = io.ReadFull(c, status[:])
	return err == nil && string(status[:]) == fmt.Sprintf("HTTP/1.1 %d", http.StatusOK)
}

// Stop ends the process as its operator would, and waits for it.
func (t *Process) Stop() error {
	_ = t.cmd.Process.Signal(syscall.SIGTERM) // it may be gone
	select {
	case <-t.end:
	case <-time.After(stopTimeout):
		_ = t.cmd.Process.Kill() // it may be gone
		<-t.end
		return fmt.Errorf("stop %s: it had to be killed", t.kind.Name)
	}
	var exit *exec.ExitError
	if t.err != nil && !errors.As(t.err, &exit) {
		return fmt.Errorf("stop %s: %w", t.kind.Name, t.err)
	}
	return nil
}

// FreePort returns a port of the loopback that nobody uses now.
func FreePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
