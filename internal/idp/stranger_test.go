package idp_test

import (
	"strings"
	"testing"

	"idp/internal/idp"
)

// A client_id that is an address has exactly one spelling.
func TestParseDocumentID(t *testing.T) {
	for _, id := range []string{
		"https://app.example.com/client.json", "https://app.example.com/", "https://app.example.com:8443/a/b", "https://app.example.com/a/",
		"https://xn--bcher-kva.example/c", "https://127.0.0.1:1234/c", "https://[::1]:1234/c", "https://app.example.com/.well-known/x..y",
	} {
		if u, err := idp.ParseDocumentID(id); err != nil || u.String() != id {
			t.Errorf("%s: %v, %v", id, u, err)
		}
	}
	for _, id := range []string{
		// schemes
		"http://app.example.com/c", "HTTPS://app.example.com/c", "ftp://app.example.com/c", "https:app.example.com/c", "https:///c", "//app.example.com/c", "javascript://x/%0aalert(1)",
		// no path, fragments, queries, parameters
		"https://app.example.com", "https://app.example.com/c#f", "https://app.example.com/c#", "https://app.example.com/c?q=1", "https://app.example.com/c?", "https://app.example.com/c;p",
		// users
		"https://user@app.example.com/c", "https://user:pass@app.example.com/c", "https://app.example.com@evil.example/c", "https://@app.example.com/c", "https://app.example.com/@c",
		// dot segments and empty ones, in every spelling
		"https://app.example.com/./c", "https://app.example.com/a/../c", "https://app.example.com/..", "https://app.example.com/a/.", "https://app.example.com//c", "https://app.example.com/a//c",
		"https://app.example.com/%2e%2e/c", "https://app.example.com/%2E/c", "https://app.example.com/a%2fc", "https://app.example.com/%63",
		// ports
		"https://app.example.com:443/c", "https://app.example.com:/c", "https://app.example.com:0x50/c", "https://app.example.com:-1/c", "https://app.example.com:80:80/c",
		// names
		"https://APP.example.com/c", "https://app.example.com./c", "https://bücher.example/c", "https://аpp.example.com/c", "https://app。example/c", "https://app.example.com／c", "https://app%2eexample.com/c",
		"https://app.example.com\\@evil.example/c", "https://app.example.com\\c", "https://app.example .com/c", "https://app\texample.com/c", "https://app.example.com/c\n", "https://app.example.com/\x00",
		"https://app.example.com/" + strings.Repeat("x", 400), "", "https://", "https://[::1/c", "https://[fe80::1%25lo]/c",
	} {
		if u, err := idp.ParseDocumentID(id); err == nil {
			t.Errorf("%q passes as %v", id, u)
		}
	}
}

func TestOnThisDevice(t *testing.T) {
	for uri, want := range map[string]bool{
		"http://127.0.0.1/cb": true, "http://[::1]:8080/cb": true, "http://localhost/cb": true, "com.example.app:/cb": true, "https://localhost/cb": true,
		"https://app.example.com/cb": false,
	} {
		if got := (&idp.Client{RedirectURIs: []string{uri}}).OnThisDevice(); got != want {
			t.Errorf("%s: %v", uri, got)
		}
	}
	mixed := idp.Client{ID: "https://app.example.com:8443/c", RedirectURIs: []string{"http://127.0.0.1/cb", "https://app.example.com/cb"}}
	if mixed.OnThisDevice() || mixed.DocumentHost() != "app.example.com:8443" || (&idp.Client{ID: "notes"}).DocumentHost() != "" {
		t.Errorf("%v, %q", mixed.OnThisDevice(), mixed.DocumentHost())
	}
}
