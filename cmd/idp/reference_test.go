package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/commands.md anew")

func TestReference(t *testing.T) {
	t.Parallel()
	const file = "../../docs/commands.md"
	want := reference(describe(commands))
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil { //nolint:gosec // a document
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || string(got) != want {
		t.Errorf("docs/commands.md is out of date: go test ./cmd/idp -run Reference -update (%v)", err)
	}
}

// What completion, manual and reference are made of is whole: every command says
// what it does, with an example, and its flags explain themselves.
func TestCommandsExplainThemselves(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, d := range describe(commands) {
		if seen[d.name] {
			t.Errorf("%s is there twice", d.name)
		}
		seen[d.name] = true
		_, example := d.parts()
		if d.summary == "" || strings.HasSuffix(d.summary, ".") || !strings.Contains(example, "idp "+d.name) {
			t.Errorf("%s: summary %q, example %q", d.name, d.summary, example)
		}
		for _, f := range d.flags {
			if f.usage == "" {
				t.Errorf("%s: --%s says nothing", d.name, f.name)
			}
		}
	}
}

func describedByName(t *testing.T, name string) described {
	t.Helper()
	for _, d := range describe(commands) {
		if d.name == name {
			return d
		}
	}
	t.Fatalf("there is no command %q", name)
	return described{}
}

func TestDescribeFindsFlags(t *testing.T) {
	t.Parallel()
	var got []string
	d := describedByName(t, "users list")
	for _, f := range d.flags {
		got = append(got, fmt.Sprintf("%s=%s/%s/%v", f.name, f.value, f.initial, f.file))
	}
	want := "after=address//false config=file/idp.yaml/true disabled=//false json=//false limit=int/100/false search=text//false"
	if strings.Join(got, " ") != want {
		t.Errorf("%v", got)
	}
	if s := d.synopsis(); s != "users list [flags]" {
		t.Errorf("%s", s)
	}
}

// The manual is one that groff has nothing to say against.
func TestManual(t *testing.T) {
	t.Parallel()
	page := manual(describe(commands))
	for _, d := range describe(commands) {
		if !strings.Contains(page, "\n.SS \"idp "+roff(d.name)) {
			t.Errorf("%s is not in it", d.name)
		}
	}
	if groff, err := exec.LookPath("groff"); err == nil {
		cmd := exec.CommandContext(t.Context(), groff, "-man", "-ww", "-Tutf8", "-z") //nolint:gosec // found in PATH
		cmd.Stdin = strings.NewReader(page)
		out, err := cmd.CombinedOutput()
		if err != nil || len(out) > 0 {
			t.Errorf("groff: %v\n%.2000s", err, out)
		}
		return
	}
	// Without groff: requests are known ones, and none hides in a text.
	for i, line := range strings.Split(page, "\n") {
		request, _, _ := strings.Cut(line, " ")
		if strings.HasPrefix(line, ".") && !strings.Contains(" .TH .SH .SS .PP .TP .B .I .RI .nf .fi .RS .RE ", " "+request+" ") {
			t.Errorf("line %d: %s", i+1, line)
		}
	}
}

// bash is asked what it would offer, as a person does with the tab key.
func TestBashCompletion(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal("bash is needed for this test")
	}
	file := filepath.Join(t.TempDir(), "idp.bash")
	if err := os.WriteFile(file, []byte(bashCompletion(describe(commands))), 0o600); err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]string{
		"idp us":                     "users",
		"idp users d":                "delete disable",
		"idp users list --dis":       "--disabled",
		"idp audit verify --":        "--anchor --config --json",
		"idp purge --":               "--broken-audit --config",
		"idp doctor --off":           "--offline",
		"idp invite ada@x --cl":      "--client",
		"idp users disable ada --":   "--config --yes",
		"idp frobnicate --":          "",
		"idp rotate-secret --n":      "--new",
		"idp keys rotate --algo":     "--algorithm",
		"idp client secret --":       "",
		"idp sessions end --user a ": "--config --user --yes",
	} {
		script := fmt.Sprintf(`source %q; read -ra COMP_WORDS <<< %q; [[ %q == *" " ]] && COMP_WORDS+=(""); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _idp; printf '%%s\n' "${COMPREPLY[@]}" | sort | paste -sd' '`, file, typed, typed)
		out, err := exec.CommandContext(t.Context(), bash, "-c", script).CombinedOutput() //nolint:gosec // our own script
		if got := strings.TrimSpace(string(out)); err != nil || got != want {
			t.Errorf("%q offers %q, want %q (%v)", typed, got, want, err)
		}
	}
}

// The other two shells get every command and every flag.
func TestZshAndFishCompletion(t *testing.T) {
	t.Parallel()
	all := describe(commands)
	zsh, fish := zshCompletion(all), fishCompletion(all)
	// What the script for zsh uses of its language, bash reads too.
	cmd := exec.CommandContext(t.Context(), "bash", "-n")
	cmd.Stdin = strings.NewReader(zsh)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("the script for zsh: %v\n%s", err, out)
	}
	for _, d := range all {
		_, rest := groupOf(d.name)
		if rest == "" {
			rest = d.name
		}
		if !strings.Contains(zsh, "'"+rest+":") || !strings.Contains(fish, " -a "+rest+" ") {
			t.Errorf("%s is not offered", d.name)
		}
		for _, f := range d.flags {
			if !strings.Contains(zsh, "'--"+f.name+"[") || !strings.Contains(fish, " -l "+f.name+" ") {
				t.Errorf("%s --%s is not offered", d.name, f.name)
			}
		}
	}
}
