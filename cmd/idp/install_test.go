package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"idp/internal/apptest"
	"idp/internal/testdb"
)

// surroundings are what the guide takes for granted and a test cannot have: another
// user, a package manager, an init system. Starting the service starts what the unit
// file says.
const surroundings = `
sudo() { if [ "$1" = -u ]; then shift 2; fi; "$@"; }
apt-get() { :; }
useradd() { :; }
chgrp() { :; }
install() {
  local kept=()
  while [ $# -gt 0 ]; do case "$1" in -o|-g) shift 2;; *) kept+=("$1"); shift;; esac; done
  command install "${kept[@]}"
}
systemctl() {
  if [ "$1" = enable ]; then
    $(sed -n "/^ExecStart=/{s|^ExecStart=/|$ROOT/|;s| /| $ROOT/|g;p}" "$ROOT/etc/systemd/system/idp.service") 1>&2 < /dev/null &
    service=$!
  fi
}
`

// installed says that the guide is through, and stays until the test is.
const installed = `
trap 'kill $service' TERM
echo INSTALLED
wait $service || wait $service || true
`

var block = regexp.MustCompile("(?ms)^```(sh|yaml) ?(\\S*)\n(.*?)^```$")

// guide turns a page into one script: its commands in their order, and its files.
func guide(t *testing.T, page, until string) string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	body, _, found := strings.Cut(string(text), until)
	if !found {
		t.Fatalf("%s has no %q", page, until)
	}
	var script strings.Builder
	for _, b := range block.FindAllStringSubmatch(body, -1) {
		if b[1] == "sh" {
			script.WriteString(b[3])
		} else {
			fmt.Fprintf(&script, "cat > %s <<'END-OF-FILE'\n%sEND-OF-FILE\n", b[2], b[3])
		}
	}
	return script.String()
}

// Whoever follows the guide from its first command has a provider that signs people in.
func TestInstallationGuide(t *testing.T) {
	t.Parallel()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	for _, dir := range []string{"etc/systemd/system", "usr/local/bin", "src/bin"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for what, link := range map[string]string{path: "src/bin/idp", absolute(t, "../../deploy"): "src/deploy"} {
		if err := os.Symlink(what, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}

	proxy := httptest.NewUnstartedServer(nil)
	listen := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	proxy.Config.Handler = &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: listen})
		r.Out.Host = r.In.Host
		r.SetXForwarded()
	}}
	proxy.StartTLS()
	t.Cleanup(proxy.Close)
	s := newSite(t, testdb.Empty(t, "postgres"), proxy.URL)
	s.mailUp()

	database, err := url.Parse(s.database)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(database.Path, "/")
	script := strings.NewReplacer(
		"/etc/", root+"/etc/", "/usr/local/bin", root+"/usr/local/bin",
		// The database is there; its owner gets a name of this test's.
		"ROLE idp", "ROLE guide_"+name, "createdb -O idp -T template0 -E UTF8 --locale=C idp", `psql -q -c "ALTER DATABASE `+name+` OWNER TO guide_`+name+`"`,
		"//idp:$password@localhost/idp", "//guide_"+name+":$password@"+database.Host+"/"+name,
		"    username: login@example.com\n    password: file:/etc/idp/secrets/smtp\n", "",
		"smtp.example.com", "127.0.0.1", "port: 587", fmt.Sprint("port: ", s.smtpPort), "starttls", "none",
		"https://login.example.com", s.issuer, "login.example.com", strings.TrimPrefix(s.issuer, "https://"), "127.0.0.1:8080", listen,
	).Replace(guide(t, "../../docs/install.md", "## 7. From outside"))

	cmd := exec.Command("bash", "-euo", "pipefail", "-c", surroundings+script+installed)
	cmd.Dir = filepath.Join(root, "src")
	cmd.Env = append(os.Environ(), "ROOT="+root, "PATH="+filepath.Join(root, "usr/local/bin")+":"+os.Getenv("PATH"),
		"PGHOST="+database.Hostname(), "PGPORT="+database.Port(), "PGUSER="+database.User.Username(), "PGDATABASE="+name)
	follow(t, cmd)

	secret, err := os.ReadFile(filepath.Join(root, "etc/idp/secrets/wiki"))
	if err != nil {
		t.Fatal(err)
	}
	wiki := apptest.Client{ID: "wiki", Secret: strings.TrimSpace(string(secret)), Redirect: "https://wiki.example.com/oauth/callback"}
	idp := apptest.Outside(t, s.issuer, s.mails, proxy.Certificate())
	tokens := idp.Browser().Tokens(apptest.NewRequest(wiki), "ada@example.com")
	if claims := apptest.Claims(t, tokens.ID()); claims["iss"] != s.issuer || claims["email"] != "ada@example.com" {
		t.Errorf("the token says %v", claims)
	}
	if reply := idp.Get("/userinfo", tokens.Access()); reply.Status != http.StatusOK {
		t.Errorf("userinfo: %s", reply)
	}
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	p, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// follow runs the script of a guide until it is through, and ends what it started
// when the test is over.
func follow(t *testing.T, script *exec.Cmd) {
	t.Helper()
	var complaints bytes.Buffer
	script.Stderr = &complaints
	out, err := script.StdoutPipe()
	if err == nil {
		err = script.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	said, through := strings.Builder{}, false
	for lines := bufio.NewScanner(out); !through && lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		through = lines.Text() == "INSTALLED"
	}
	if !through {
		err := script.Wait()
		t.Fatalf("%v\n%s\n%s", err, &said, &complaints)
	}
	t.Cleanup(func() {
		if err := errors.Join(script.Process.Signal(syscall.SIGTERM), script.Wait()); err != nil {
			t.Errorf("stop: %v\n%s", err, &complaints)
		}
	})
}
