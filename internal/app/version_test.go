package app_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The linker takes a name that does not exist without a word: what the Dockerfile
// gives it must arrive.
func TestImageSaysItsVersion(t *testing.T) {
	t.Parallel()
	dockerfile, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	flags := regexp.MustCompile(`-ldflags="([^"]*)"`).FindSubmatch(dockerfile)
	if flags == nil {
		t.Fatal("the Dockerfile builds nothing")
	}
	program := filepath.Join(t.TempDir(), "idp")
	build := exec.Command("go", "build", "-trimpath", "-ldflags="+strings.ReplaceAll(string(flags[1]), "$VERSION", "v9.8.7"), "-o", program, "../../cmd/idp")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := exec.Command(program, "version").CombinedOutput(); err != nil || !strings.Contains(string(out), "v9.8.7") {
		t.Errorf("%v: %s", err, out)
	}
}
