package chromium

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"testing"
)

// Browser is one running Chromium.
type Browser struct {
	t    testing.TB
	wire *wire
}

func program() string {
	if path := os.Getenv("CHROMIUM"); path != "" {
		return path
	}
	return "/usr/bin/chromium"
}

// Start starts Chromium without a window until the test ends. It reaches no
// machine but this one.
func Start(t testing.TB) *Browser {
	t.Helper()
	toBrowser, commands, err := os.Pipe()
	answers, fromBrowser, err2 := os.Pipe()
	if err = errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	// Not bound to the test's context: it is asked to close, so that it removes what
	// it wrote.
	cmd := exec.Command(program(), //nolint:noctx // see above
		"--headless", "--remote-debugging-pipe", "--user-data-dir="+t.TempDir(), "--no-sandbox", "--disable-gpu", "--disable-quic",
		"--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--disable-extensions", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1", "about:blank")
	var said bytes.Buffer
	cmd.ExtraFiles, cmd.Stderr = []*os.File{toBrowser, fromBrowser}, &said // they become its files 3 and 4
	if err := cmd.Start(); err != nil {
		t.Fatalf("start Chromium (scripts/install-test-tools installs it): %v", err)
	}
	for _, theirs := range []*os.File{toBrowser, fromBrowser} {
		if err := theirs.Close(); err != nil {
			t.Fatal(err)
		}
	}
	b := &Browser{t: t, wire: newWire(commands, answers)}
	t.Cleanup(func() {
		_ = b.wire.send("", "Browser.close", nil, nil) // it may be gone before it answers
		err := errors.Join(cmd.Wait(), commands.Close())
		b.wire.end()
		if err = errors.Join(err, answers.Close()); err != nil {
			t.Errorf("stop Chromium: %v\n%s", err, &said)
		}
	})
	return b
}

// call sends a command to a tab, "" for the browser, and fails the test if it is
// refused.
func (b *Browser) call(session, method string, params, result any) {
	b.t.Helper()
	if err := b.wire.send(session, method, params, result); err != nil {
		b.t.Fatal(err)
	}
}
