package app_test

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// largest is what the program may have, in bytes, as it is released.
const largest = 25_000_000

// byName is how the linker marks a function that calls methods by names that it learns
// while it runs. The runtime's own mark is always there.
var byName = regexp.MustCompile(`(?m)^.*<ReflectMethod>.*$`)

// One such call anywhere, and the linker keeps every method of every type: a tenth of the
// program. It is easily brought in, by a template of the standard library for one.
func TestNobodyCallsMethodsByName(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "idp")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w -dumpdep", "-o", program, "idp/cmd/idp")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	said, err := build.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := build.Start(); err != nil {
		t.Fatal(err)
	}
	edges := 0
	lines := bufio.NewReader(said)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		edges += bytes.Count(line, []byte(" -> "))
		if byName.Match(line) {
			t.Errorf("%s", line)
		}
	}
	if err := build.Wait(); err != nil {
		t.Fatal(err)
	}
	if edges < 10_000 {
		t.Errorf("the linker told of %d calls only", edges)
	}
	info, err := os.Stat(program)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%.1f MB", float64(info.Size())/1e6)
	if info.Size() > largest {
		t.Errorf("the program has %d bytes, and may have %d", info.Size(), largest)
	}
}
