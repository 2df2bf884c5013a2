package deploy_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// backend is a process behind the proxy: it says how a request arrived.
func backend(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "host=%s for=%s traceparent=%s forwarded=%s%s", r.Host, r.Header.Get("X-Forwarded-For"), r.Header.Get("Traceparent"),
			r.Header.Get("Forwarded"), r.Header.Get("X-Forwarded-Host"))
	}))
	t.Cleanup(s.Close)
	return s
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// startNginx runs nginx with our file, its addresses replaced by some of this
// machine: one process that answers and two that are gone.
func startNginx(t *testing.T, processes ...string) (address, dir string) {
	t.Helper()
	dir, address = t.TempDir(), freeAddress(t)
	s := httptest.NewUnstartedServer(nil)
	s.StartTLS()
	defer s.Close()
	writeCertificate(t, dir, s)
	text := strings.NewReplacer(
		"listen 443 ssl http2", "listen "+address+" ssl http2", "listen [::]:443 ssl http2;", "", "listen 80;", "listen "+freeAddress(t)+";", "listen [::]:80;", "",
		"/etc/nginx/tls", dir, "/var/log/nginx", dir,
		"10.0.0.11:8080", processes[0], "10.0.0.12:8080", processes[1], "10.0.0.13:8080", processes[2],
	).Replace(string(read(t, "nginx/idp.conf")))
	whole := "daemon off; master_process off; worker_processes 1; pid " + dir + "/pid; error_log " + dir + "/error.log;\nevents {}\nhttp {\n"
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		whole += kind + "_temp_path " + dir + "/" + kind + ";\n"
	}
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(whole+text+"\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		nginx = "/usr/sbin/nginx" // not on everybody's path
	}
	if out, err := exec.Command(nginx, "-t", "-c", file).CombinedOutput(); err != nil {
		t.Fatalf("nginx refuses the file: %v\n%s", err, out)
	}
	cmd := exec.Command(nginx, "-c", file)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	deadline := time.Now().Add(10 * time.Second)
	for {
		c, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			c.Close()
			return address, dir
		}
		if time.Now().After(deadline) {
			t.Fatal("nginx does not listen")
		}
	}
}

// What nginx passes on is what the product may believe, and its log keeps no links.
func TestNginx(t *testing.T) {
	t.Parallel()
	up := strings.TrimPrefix(backend(t).URL, "http://")
	address, dir := startNginx(t, freeAddress(t), up, freeAddress(t))
	client := insecure()
	for range 6 { // whichever process is asked first, the one that is there answers
		req, err := http.NewRequest(http.MethodPost, "https://"+address+"/l/very-secret?flow=another-secret", strings.NewReader("a=b"))
		if err != nil {
			t.Fatal(err)
		}
		req.Host = "login.example.com"
		for name, forged := range map[string]string{
			"X-Forwarded-For": "192.0.2.66", "Forwarded": "for=192.0.2.66", "X-Forwarded-Host": "forged.test", "Traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
		} {
			req.Header.Set(name, forged)
		}
		resp, body := do(t, client, req)
		if resp.StatusCode != http.StatusOK || body != "host=login.example.com for=127.0.0.1 traceparent= forwarded=" {
			t.Fatalf("%d %s", resp.StatusCode, body)
		}
	}
	logs, _ := filepath.Glob(dir + "/*.log")
	for _, file := range logs {
		if s := string(read(t, file)); strings.Contains(s, "secret") {
			t.Errorf("%s keeps links: %s", filepath.Base(file), s)
		}
	}
}
