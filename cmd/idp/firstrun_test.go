package main

import (
	"bufio"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"idp/internal/dev"
)

// newcomer is somebody who has the sources, Go and a browser, and counts what they
// had to do.
type newcomer struct {
	t    *testing.T
	web  *http.Client
	at   *url.URL // the page that the browser shows
	page string
	acts []string
}

var (
	anyForm   = regexp.MustCompile(`(?s)<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>`)
	anyHidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)
)

func (n *newcomer) did(act string, resp *http.Response, err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatalf("%s: %v", act, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		n.t.Fatalf("%s: %s, %v\n%s", act, resp.Status, err, body)
	}
	n.at, n.page, n.acts = resp.Request.URL, string(body), append(n.acts, act)
}

// open follows an address, wherever that leads.
func (n *newcomer) open(act, address string) {
	n.t.Helper()
	resp, err := n.web.Get(address)
	n.did(act, resp, err)
}

// press follows the link of the page that says so.
func (n *newcomer) press(words string) {
	n.t.Helper()
	link := regexp.MustCompile(`<a [^>]*href="([^"]*)"[^>]*>[^<]*` + words).FindStringSubmatch(n.page)
	if link == nil {
		n.t.Fatalf("there is no %q to press in\n%s", words, n.page)
	}
	to, err := n.at.Parse(html.UnescapeString(link[1]))
	if err != nil {
		n.t.Fatal(err)
	}
	n.open("press "+words, to.String())
}

// send fills one field of the page's first form, "" for none, and sends it.
func (n *newcomer) send(act, field, value string) {
	n.t.Helper()
	form := anyForm.FindStringSubmatch(n.page)
	if form == nil || !strings.Contains(form[2], `name="`+field+`"`) && field != "" {
		n.t.Fatalf("there is no form for %s in\n%s", act, n.page)
	}
	values := url.Values{}
	for _, hidden := range anyHidden.FindAllStringSubmatch(form[2], -1) {
		values.Set(html.UnescapeString(hidden[1]), html.UnescapeString(hidden[2]))
	}
	if field != "" {
		values.Set(field, value)
	}
	to, err := n.at.Parse(html.UnescapeString(form[1]))
	if err != nil {
		n.t.Fatal(err)
	}
	resp, err := n.web.PostForm(to.String(), values)
	n.did(act, resp, err)
}

// mailed waits for the mail and returns its address in the inbox.
func (n *newcomer) mailed(inbox string) string {
	n.t.Helper()
	message := regexp.MustCompile(`href="(/message/[^"/]+)`)
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		n.open("look into the inbox", inbox)
		n.acts = n.acts[:len(n.acts)-1] // it shows what comes by itself
		if found := message.FindStringSubmatch(n.page); found != nil {
			return inbox + found[1]
		}
	}
	n.t.Fatalf("no mail came:\n%s", n.page)
	return ""
}

// tryIt is the first command of the README, and the addresses behind it.
func tryIt(t *testing.T) (command string, addresses []string) {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(readme), "\n## Try it\n")
	text, _, _ = strings.Cut(text, "\n## ")
	commands := regexp.MustCompile(`(?m)^    (.+)$`).FindAllStringSubmatch(text, -1)
	if len(commands) != 1 {
		t.Fatalf("the README has %d commands to try it, not one: %q", len(commands), commands)
	}
	return commands[0][1], regexp.MustCompile(`http://localhost:\d+`).FindAllString(text, -1)
}

// Set up in minutes: one command, in an empty directory and without a word of
// configuration, and five acts later somebody is signed in. The minutes are those
// that Go takes to build it.
func TestFirstRun(t *testing.T) {
	t.Parallel()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	command, addresses := tryIt(t)
	args, found := strings.CutPrefix(command, "go run ./cmd/idp ")
	if !found || len(addresses) != 2 {
		t.Fatalf("the README says %q and names %v", command, addresses)
	}
	began := time.Now()
	port := freePort(t)
	cmd := exec.Command(path, append(strings.Fields(args), "--port", strconv.Itoa(port))...)
	cmd.Dir, cmd.Env = t.TempDir(), []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	complaints := &strings.Builder{}
	cmd.Stderr = complaints
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil || complaints.Len() > 0 {
			t.Errorf("stop: %v\n%s", err, complaints)
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.Contains(lines.Text(), "Stop with") {
	}

	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	n := &newcomer{t: t, web: &http.Client{Jar: jar}, acts: []string{command}}
	here := func(address string) string { // the README's ports, moved to the free one
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := strconv.Atoi(u.Port())
		if err != nil {
			t.Fatal(err)
		}
		return "http://localhost:" + strconv.Itoa(port+theirs-dev.DefaultPort)
	}
	n.open("open the application", here(addresses[0]))
	n.press("Sign in")
	n.send("type an address", "email", "somebody@example.com")
	n.open("open the mail", n.mailed(here(addresses[1]))+"/html")
	link := regexp.MustCompile(`http://localhost:\d+/l/[0-9A-Za-z]+`).FindString(n.page)
	n.open("press its link", link)
	n.send("", "", "") // which the page does by itself
	n.acts = n.acts[:len(n.acts)-1]
	if !strings.HasPrefix(n.at.String(), here(addresses[0])) || !strings.Contains(n.page, "Signed in as") || !strings.Contains(n.page, "somebody@example.com") {
		t.Errorf("at %s:\n%s", n.at, n.page)
	}
	if took := time.Since(began); len(n.acts) > 6 || took > time.Minute {
		t.Errorf("it took %v and %d acts: %q", took, len(n.acts), n.acts)
	}
}
