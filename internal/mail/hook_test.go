package mail_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"idp/internal/magiclink"
	"idp/internal/mail"
	"idp/internal/outbound"
	"idp/internal/secret"
	"idp/internal/webhook"
)

var hookKey = secret.TokenOf(strings.Repeat("h", 32))

// withHook is an office whose first provider is a hook that answers with h, and
// whose second is a good mail server.
func withHook(t *testing.T, networks string, h http.HandlerFunc) (*office, *script, *httptest.Server) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	s := &script{replies: map[string]string{}}
	o := newOffice(t)
	out := outbound.New(outbound.Options{Networks: []netip.Prefix{netip.MustParsePrefix(networks)}, Timeout: time.Second, MaxBody: 1000})
	o.worker.Senders.Add("hook", mail.NewHook(server.URL, hookKey, out, func() time.Time { return o.now }))
	sender, err := mail.NewSMTP(mail.Server{Host: "127.0.0.1", Port: s.listen(t), Security: mail.Plain}, "login.example.com")
	if err != nil {
		t.Fatal(err)
	}
	o.worker.Senders.Add("b", sender)
	return o, s, server
}

// The program gets the whole letter, signed.
func TestHook(t *testing.T) {
	t.Parallel()
	var o *office
	var got map[string]string
	o, s, _ := withHook(t, "127.0.0.0/8", func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || json.Unmarshal(body, &got) != nil || webhook.Verify(r.Header, hookKey, o.now, body) != nil {
			t.Errorf("%s: %v, %v", body, err, webhook.Verify(r.Header, hookKey, o.now, body))
		}
		if r.Header.Get(webhook.HeaderID) != got["id"] {
			t.Error("the message has two names")
		}
	})
	if d := o.delivery(t, o.ask(t)); d.State != magiclink.Accepted || d.Server != "hook" || s.said("CONNECT") {
		t.Fatalf("%+v", d)
	}
	for field, want := range map[string]string{
		"type": "mail.send", "from": "login@example.com", "to": "ada0@example.com", "subject": "is your sign-in code", "text": "https://login.example.com/l/",
		"html": "<html", "headers": "Message-ID: <" + got["id"] + ">\r\n", "id": "@example.com",
	} {
		if !strings.Contains(strings.ReplaceAll(got[field], "\r\n <", " <"), want) {
			t.Errorf("%s is %q, and does not contain %q", field, got[field], want)
		}
	}
}

func TestHookAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status   int
		body     string
		networks string
		want     magiclink.DeliveryState
		server   string
	}{
		"accepted":            {202, "", "127.0.0.0/8", magiclink.Accepted, "hook"},
		"long answer":         {200, strings.Repeat("x", 2000), "127.0.0.0/8", magiclink.Accepted, "hook"},
		"refused":             {400, "no", "127.0.0.0/8", magiclink.Accepted, "b"},
		"wrong key":           {401, `{"status":"5.7.1"}`, "127.0.0.0/8", magiclink.Accepted, "b"},
		"redirect":            {302, "", "127.0.0.0/8", magiclink.Accepted, "b"},
		"no such user":        {422, `{"status":"5.1.1"}`, "127.0.0.0/8", magiclink.Refused, "hook"},
		"broken":              {500, "", "127.0.0.0/8", magiclink.Deferred, "hook"},
		"too much":            {429, "", "127.0.0.0/8", magiclink.Deferred, "hook"},
		"forbidden, not sent": {200, "", "10.0.0.0/8", magiclink.Accepted, "b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int64
			o, _, _ := withHook(t, c.networks, func(w http.ResponseWriter, _ *http.Request) {
				calls.Add(1)
				w.WriteHeader(c.status)
				io.WriteString(w, c.body)
			})
			d := o.delivery(t, o.ask(t))
			if d.State != c.want || d.Server != c.server {
				t.Errorf("%+v", d)
			}
			if calls.Load() > 1 || c.networks == "10.0.0.0/8" && calls.Load() > 0 {
				t.Errorf("%d requests", calls.Load())
			}
		})
	}
}

// A program that is gone has not got the letter; one that goes silent may have it.
func TestHookIsGone(t *testing.T) {
	t.Parallel()
	o, _, server := withHook(t, "127.0.0.0/8", nil)
	server.Close()
	if d := o.delivery(t, o.ask(t)); d.State != magiclink.Accepted || d.Server != "b" {
		t.Errorf("gone: %+v", d)
	}
	o, s, _ := withHook(t, "127.0.0.0/8", func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	if d := o.delivery(t, o.ask(t)); d.State != magiclink.Deferred || d.Reason != magiclink.Unreachable || s.said("CONNECT") {
		t.Errorf("silent: %+v", d)
	}
}

// A program that took the letter and did not finish its page has taken it: nobody
// else gets it too.
func TestHookThatBreaksOff(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]magiclink.DeliveryState{202: magiclink.Accepted, 503: magiclink.Deferred} {
		o, s, _ := withHook(t, "127.0.0.0/8", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.WriteHeader(status)
			io.WriteString(w, "queu")
		})
		d := o.delivery(t, o.ask(t))
		if d.State != want || d.Reply != "" && d.Reply != "answered 503" || s.said("CONNECT") {
			t.Errorf("%d: %+v", status, d)
		}
	}
}
