package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"idp/internal/config"
)

// brokenEnvironment is what the broken files find, good and bad.
func brokenEnvironment(name string) string {
	switch name {
	case "SHORT":
		return "tooshort"
	case "MYSQL_URL":
		return "mysql://idp@db/idp"
	}
	return environment(name)
}

// wants are the first lines of a broken file: the faults that are reported first,
// as line (or file:line), path and message.
func wants(text string) (out []string) {
	for line := range strings.Lines(text) {
		want, ok := strings.CutPrefix(strings.TrimSpace(line), "# want ")
		if !ok {
			break
		}
		out = append(out, want)
	}
	return out
}

// withoutColumn is a reported fault as wants write it.
func withoutColumn(file, fault string) string {
	fault = strings.TrimPrefix(strings.TrimPrefix(fault, file+":"), filepath.Dir(file)+"/")
	place, message, _ := strings.Cut(fault, ": ")
	return place[:strings.LastIndex(place, ":")] + ": " + message
}

// Every mistake that we can think of is refused, at the line where it stands.
func TestBrokenFiles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/broken/*.yaml")
	if err != nil || len(files) < 150 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = config.Load(file, brokenEnvironment)
			if err == nil {
				t.Fatal("accepted")
			}
			faults := strings.Split(err.Error(), "\n")
			want := wants(string(raw))
			if len(want) == 0 || len(faults) < len(want) || len(want) == 1 && len(faults) > 1 {
				t.Fatalf("%d faults are wanted, there are:\n%v", len(want), err)
			}
			for i, w := range want {
				got := withoutColumn(file, faults[i])
				if got = strings.ReplaceAll(got, filepath.Dir(file)+"/", ""); got != w {
					t.Errorf("got  %s\nwant %s", got, w)
				}
			}
		})
	}
}

// What no file of this repository should hold: documents that are merely large.
func TestHugeFiles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ more, want string }{
		"bytes":   {strings.Repeat("# x\n", 1<<19), "idp.yaml:1:1: file is larger than 1 MiB"},
		"keys":    {"groups:\n" + strings.Repeat("  g: {}\n", 5001), "idp.yaml:5012:3: mapping has more than 5000 keys"},
		"depth":   {"groups: " + strings.Repeat("[", 100_000), "idp.yaml:11:"},
		"aliases": {"groups:\n  a: &a [x]\n" + strings.Repeat("  b: [*a, *a, *a, *a, *a, *a, *a, *a]\n", 2000), "idp.yaml:12:"},
	} {
		if _, err := config.Parse("idp.yaml", []byte(minimal("")+c.more), environment); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %.200v", name, err)
		}
	}
}
