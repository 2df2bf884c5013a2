package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/testdb"
)

// commandLines are the lines of code in a page that call the program, without the
// brackets around what may be left out.
func commandLines(text string) (lines []string) {
	fenced := false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
			continue
		}
		code := fenced || strings.HasPrefix(line, "    ")
		line = strings.NewReplacer("[", "", "]", "").Replace(strings.TrimSpace(line))
		if args, ok := strings.CutPrefix(line, "idp "); code && ok {
			if _, _, ok := find(strings.Fields(args)); ok {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

const pageClients = `  - id: notes
    preset: grafana
    url: https://notes.example.com
    secrets: [env:WEB_SECRET]
  - id: numbers
    preset: grafana
    url: https://numbers.example.com
    secrets: [env:WEB_SECRET]
`

// page runs the commands of pages beside a server that the pages are about.
type page struct {
	t             *testing.T
	dir, database string
	bash          []string // the environment
}

func newPage(t *testing.T) (*page, *process) {
	t.Helper()
	listen := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	s := newSite(t, testdb.URL(t, "sqlite"), "http://"+listen)
	s.more = pageClients
	s.mailUp()
	served := s.start(listen)
	apptest.Outside(t, s.issuer, s.mails).Browser().SignIn(apptest.NewRequest(apptest.Web), "ada@example.com")

	dir := t.TempDir()
	program, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	letter := "From: login@idp.example.com\r\nTo: you@example.com\r\nSubject: Sign in\r\n\r\nHello\r\n"
	for name, text := range map[string]string{"secret.txt": apptest.Web.Secret, "mail.eml": letter} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for to, from := range map[string]string{"idp.yaml": s.configFile(listen), "idp": program} {
		if err := os.Symlink(from, filepath.Join(dir, to)); err != nil {
			t.Fatal(err)
		}
	}
	return &page{t, dir, s.database, append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "IDP_SECRET="+apptest.RootSecret,
		"IDP_DATABASE_URL="+s.database, "WEB_SECRET="+apptest.Web.Secret)}, served
}

// run runs a line as a shell does, in a directory of its own where the line names
// one of the system's, and returns how it ended.
func (p *page) run(line string, env ...string) (code int, out string) {
	p.t.Helper()
	own := strings.NewReplacer("/var/backups/", p.dir+"/", "/etc/idp/", p.dir+"/", "idp-2026-11-21.gz", "idp-before-upgrade.gz", "F.gz", p.dir+"/F.gz",
		"sqlite:/var/lib/idp/idp.db", p.database).Replace(line)
	cmd := exec.CommandContext(p.t.Context(), "bash", "-c", own)
	cmd.Dir, cmd.Env = p.dir, slices.Concat(p.bash, env)
	text, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		p.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(text)
}

// Every command that a page shows does what it says where the page's installation
// runs. docs/install.md has a test of its own, docs/commands.md is made from the
// commands.
func TestCommandsOfThePagesRun(t *testing.T) {
	t.Parallel()
	p, served := newPage(t)
	var beside, alone []string
	for name, text := range documents(t) {
		if name == "CHANGELOG.md" || name == "docs/install.md" || name == "docs/commands.md" || !strings.HasSuffix(name, ".md") {
			continue
		}
		for _, line := range commandLines(text) {
			switch word, _, _ := strings.Cut(strings.TrimPrefix(line, "idp "), " "); word {
			case "serve", "dev": // run by all the others
			case "restore", "copy":
				alone = append(alone, line)
			case "audit":
				if !strings.Contains(line, "--follow") { // which goes on for ever
					beside = append(beside, line)
				}
			default:
				beside = append(beside, line)
			}
		}
	}
	slices.Sort(beside) // a backup comes before the epoch that ends what is in it
	for _, line := range slices.Compact(beside) {
		code, out := p.run(line)
		// What the doctor finds out about example.com is another matter, and so is
		// whether a request of the page is known here.
		mayFind := strings.HasPrefix(line, "idp doctor") || strings.Contains(line, "explain") && strings.Contains(line, "--request")
		if code != 0 && !(mayFind && code == 1) {
			t.Errorf("%s: exit code %d\n%s", line, code, out)
		}
	}
	served.kill()
	for i, line := range alone {
		if code, out := p.run(line, fmt.Sprintf("IDP_DATABASE_URL=sqlite:%s/new%d.db", p.dir, i)); code != 0 {
			t.Errorf("%s: exit code %d\n%s", line, code, out)
		}
	}
	if len(beside) < 40 || len(alone) < 3 {
		t.Errorf("only %d and %d commands were found", len(beside), len(alone))
	}
}
