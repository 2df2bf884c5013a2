package deploy_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writeCertificate writes those of a test server to the names that nginx reads.
func writeCertificate(t *testing.T, dir string, s *httptest.Server) {
	t.Helper()
	key, err := x509.MarshalPKCS8PrivateKey(s.TLS.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"fullchain.pem": {Type: "CERTIFICATE", Bytes: s.Certificate().Raw}, "key.pem": {Type: "PRIVATE KEY", Bytes: key}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// insecure takes any certificate: the test server's is for another name.
func insecure() *http.Client {
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec // see above
}

func do(t *testing.T, c *http.Client, req *http.Request) (*http.Response, string) {
	t.Helper()
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// Caddy's own adapter is a program of a hundred packages, so its file is held to its
// grammar (blocks and directives) and to what makes it right for us.
func TestCaddyfile(t *testing.T) {
	t.Parallel()
	var path []string
	found := map[string]string{}
	for n, line := range strings.Split(string(read(t, "caddy/Caddyfile")), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		switch {
		case line == "}":
			if len(path) == 0 {
				t.Fatalf("line %d closes nothing", n+1)
			}
			path = path[:len(path)-1]
			continue
		case line == "{" || strings.HasSuffix(line, " {"):
			line = strings.TrimSuffix(line, "{")
			path = append(path, strings.Fields(line + " global")[0])
			found[strings.Join(path, " ")] = strings.TrimSpace(line)
			continue
		case strings.ContainsAny(line, "{}") && !strings.Contains(line, "{$"):
			t.Errorf("line %d: a brace inside", n+1)
		}
		key, value, _ := strings.Cut(line, " ")
		found[strings.Join(append(path, key), " ")] = value
	}
	if len(path) != 0 {
		t.Errorf("%v is not closed", path)
	}
	const site = "login.example.com reverse_proxy"
	if !strings.HasPrefix(found[site], "reverse_proxy 10.0.0.11:8080 ") || found[site+" health_uri"] != "/readyz" || found[site+" lb_try_duration"] == "" {
		t.Errorf("the proxy: %v", found)
	}
	if found["login.example.com log format fields request>uri"] != "delete" {
		t.Errorf("the log keeps links: %v", found)
	}
	for key := range found {
		if strings.Contains(key, "header_up") { // Caddy's own Host and X-Forwarded-For are right
			t.Errorf("%s changes what arrives", key)
		}
	}
}

// The proxies' files and the manual of the product say the same.
func TestProxyFilesSayWhatIdpNeeds(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"caddy/Caddyfile", "nginx/idp.conf"} {
		text := string(read(t, file))
		for _, want := range []string{"issuer: https://login.example.com", "trusted_proxies: [10.0.0.10]", "shutdown_delay: 3s"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %s", file, want)
			}
		}
	}
}
