package inbox

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"strings"
	"testing"
)

// crlf lets the tests write mail as a raw string.
func crlf(text string) []byte {
	return []byte(strings.ReplaceAll(strings.TrimPrefix(text, "\n"), "\n", "\r\n"))
}

func newMail(to, subject string) (Envelope, []byte) {
	return Envelope{From: "idp@example.com", To: []string{to}},
		crlf("From: Identity <idp@example.com>\nTo: " + to + "\nSubject: " + subject +
			"\nMessage-ID: <one@example.com>\nDate: Fri, 20 Mar 2026 10:00:00 +0100\n\nHello " + to + ".\n")
}

func mustAdd(t *testing.T, store *Store, to, subject string) *Message {
	t.Helper()
	message, err := store.Add(newMail(to, subject))
	if err != nil {
		t.Fatal(err)
	}
	return message
}

// newSMTPAddr serves the store on a loopback socket and returns its address.
func newSMTPAddr(t *testing.T, store *Store) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := NewSMTPServer(store, slog.New(slog.DiscardHandler))
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return listener.Addr().String()
}

func mustSend(t *testing.T, addr, to string, raw []byte) {
	t.Helper()
	if err := smtp.SendMail(addr, nil, "idp@example.com", []string{to}, raw); err != nil {
		t.Fatal(err)
	}
}

func newSite(t *testing.T, store *Store, options Options) string {
	t.Helper()
	server := httptest.NewServer(NewHandler(store, options))
	t.Cleanup(server.Close)
	return server.URL
}

type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends a request without following redirects. Header lines are "Name: value".
func ask(t *testing.T, method, url, body string, header ...string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewBufferString(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		request.Header.Set(name, value)
		if name == "Host" {
			request.Host = value
		}
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(text)}
}

func get(t *testing.T, url string) answer {
	t.Helper()
	return ask(t, http.MethodGet, url, "")
}

func wantStatus(t *testing.T, a answer, status int) {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
}

func wantText(t *testing.T, a answer, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			t.Errorf("%q is missing in:\n%s", text, a.body)
		}
	}
}

func splitHostPort(t *testing.T, addr string) (string, int) {
	t.Helper()
	parsed, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	return parsed.IP.String(), parsed.Port
}

// begin opens the data of one mail on a connection that may serve more.
func begin(client *smtp.Client, envelope Envelope) (io.WriteCloser, error) {
	if err := client.Mail(envelope.From); err != nil {
		return nil, err
	}
	for _, to := range envelope.To {
		if err := client.Rcpt(to); err != nil {
			return nil, err
		}
	}
	return client.Data()
}
