package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
)

// A process that speaks TLS is asked under the machine's address, for which it
// has no certificate. No other address gets away with that.
func TestProbe(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer s.Close()
	own, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	other := &url.URL{Scheme: "https", Host: "login.example.com"}
	for target, want := range map[*url.URL]bool{own: true, other: false} {
		resp, err := probe(target).Get(s.URL)
		if err == nil {
			resp.Body.Close()
		}
		if (err == nil) != want {
			t.Errorf("%s: %v", target.Host, err)
		}
	}
}
