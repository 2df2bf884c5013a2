package inbox

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// The mailbox shows sign-in links, so a foreign web page in the same browser
// must neither read nor change it, and a mail must not run anything in it.

func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	store := NewStore(Limits{})
	mustAdd(t, store, "a@example.com", "one")
	site := newSite(t, store, Options{})
	for _, path := range []string{"/", "/message/latest", "/message/latest/source", "/none", "/assets/inbox.js",
		"/api/v1/messages", "/api/v1/message/latest/raw", "/api/v1/message/none"} {
		header := get(t, site+path).header
		for name, want := range map[string]string{
			"Content-Security-Policy": pagePolicy,
			"X-Content-Type-Options":  "nosniff",
			"Referrer-Policy":         "no-referrer",
			"Cache-Control":           "no-store",
		} {
			if got := header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
	if strings.Contains(pagePolicy, "unsafe") {
		t.Error("the policy of our pages allows something unsafe")
	}
}

func TestPagesHoldNothingInline(t *testing.T) {
	t.Parallel()
	store := NewStore(Limits{})
	if _, err := store.Add(Envelope{}, crlf(letter)); err != nil {
		t.Fatal(err)
	}
	site := newSite(t, store, Options{AppURL: "https://example.com/"})
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son\w+=|<script(?:>|[^>]*></script>.)|javascript:`)
	for _, path := range []string{"/", "/message/latest", "/message/latest/text", "/message/latest/headers", "/none"} {
		if found := inline.FindString(get(t, site+path).body); found != "" {
			t.Errorf("%s holds %q", path, found)
		}
	}
}

func TestMailHTMLIsCaged(t *testing.T) {
	t.Parallel()
	store := NewStore(Limits{})
	if _, err := store.Add(Envelope{}, crlf("Subject: <script>alert(1)</script>\nContent-Type: text/html\n\n<script>alert(2)</script><a href=\"https://example.com/\">in</a>")); err != nil {
		t.Fatal(err)
	}
	site := newSite(t, store, Options{})
	a := get(t, site+"/message/latest/html")
	wantStatus(t, a, http.StatusOK)
	wantText(t, a, `<base target="_top">`, `<a href="https://example.com/">in</a>`)
	policy := a.header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || !strings.HasSuffix(policy, "sandbox "+mailSandbox) ||
		strings.Contains(policy, "script") || strings.Contains(policy, "allow-same-origin") {
		t.Errorf("policy of a mail: %s", policy)
	}
	for _, path := range []string{"/", "/message/latest", "/message/latest/headers", "/message/latest/source"} {
		if body := get(t, site+path).body; strings.Contains(body, "<script>") {
			t.Errorf("%s holds the script of the mail", path)
		}
	}
}

func TestForeignPageCannotDelete(t *testing.T) {
	t.Parallel()
	store := NewStore(Limits{})
	mustAdd(t, store, "a@example.com", "one")
	site := newSite(t, store, Options{})
	for _, header := range []string{"Sec-Fetch-Site: cross-site", "Origin: https://attacker.example.com"} {
		wantStatus(t, ask(t, http.MethodPost, site+"/delete", "", header), http.StatusForbidden)
		wantStatus(t, ask(t, http.MethodDelete, site+"/api/v1/messages", "", header), http.StatusForbidden)
	}
	if store.Len() != 1 {
		t.Error("the mail is gone")
	}
}

func TestReboundNameReadsNothing(t *testing.T) {
	t.Parallel()
	site := newSite(t, NewStore(Limits{}), Options{Hosts: []string{"mail.example.test"}})
	for host, want := range map[string]int{
		"localhost:8025":       http.StatusOK,
		"LOCALHOST":            http.StatusOK,
		"mail.localhost:8025":  http.StatusOK,
		"127.0.0.1:8025":       http.StatusOK,
		"[::1]:8025":           http.StatusOK,
		"[::1]":                http.StatusOK,
		"mail.example.test:80": http.StatusOK,
		"attacker.example.com": http.StatusMisdirectedRequest,
		"localhost.example":    http.StatusMisdirectedRequest,
	} {
		if a := ask(t, http.MethodGet, site+"/", "", "Host: "+host); a.status != want {
			t.Errorf("%s: %d, want %d", host, a.status, want)
		}
	}
}

func TestReadingChangesNothing(t *testing.T) {
	t.Parallel()
	store := NewStore(Limits{})
	mustAdd(t, store, "a@example.com", "one")
	site := newSite(t, store, Options{})
	before := get(t, site+"/api/v1/messages").body
	for _, path := range []string{"/", "/message/latest", "/message/latest/text", "/delete",
		"/api/v1/message/latest", "/api/v1/message/latest/raw"} {
		get(t, site+path)
	}
	if after := get(t, site+"/api/v1/messages").body; after != before {
		t.Errorf("list was %s and is %s", before, after)
	}
}
