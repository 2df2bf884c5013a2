package oidc_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"idp/internal/apptest"
)

// An attacker asks for a mail to the victim with a Host or forwarding header of
// his own, so that the link in the mail leads to him (password-reset poisoning).
func TestSpoofedHostNeverReachesTheMail(t *testing.T) {
	p := one(t)
	for _, header := range []string{
		"X-Forwarded-Host", "X-Forwarded-Server", "X-Original-Host", "X-Host", "X-Http-Host-Override", "Forwarded", "X-Forwarded-Proto", "X-Original-Url", "X-Rewrite-Url",
		"X-Forwarded-Prefix", "X-Forwarded-Port",
	} {
		b := p.Browser()
		b.Header.Set(header, "evil.example")
		if header == "Forwarded" {
			b.Header.Set(header, `host="evil.example";proto=https`)
		}
		page := b.Authorize(apptest.NewRequest(apptest.Web))
		_, mail := b.Ask(page, ada)
		if !strings.HasPrefix(mail.Link, p.URL+"/l/") || strings.Contains(string(mail.Raw), "evil.example") {
			t.Errorf("%s: the mail links to %s", header, mail.Link)
		}
		if doc := b.Get(pathOpenID); strings.Contains(doc.Body, "evil.example") {
			t.Errorf("%s: discovery names the attacker's host", header)
		}
	}
}

// Another name of the same server, by Host header or absolute address, is not
// served at all (RFC 9700 §4.13): no page, no cookie, no mail.
func TestOnlyTheIssuersHostIsServed(t *testing.T) {
	p := one(t)
	port := p.URL[strings.LastIndex(p.URL, ":"):]
	before := p.Inbox.Last()
	for _, host := range []string{"evil.example", "evil.example" + port, "localhost" + port, "127.0.0.1", "127.0.0.1" + port + ".evil.example", "evil.example:@127.0.0.1" + port, "127.0.0.1" + port + "0"} {
		b := p.Browser()
		page := b.Authorize(apptest.NewRequest(apptest.Web))
		requests := map[string]*http.Request{
			"form": b.NewRequest(http.MethodPost, "/login", url.Values{"flow": {page.Form("/login").Values.Get("flow")}, "email": {ada}}),
			"page": b.NewRequest(http.MethodGet, "/login", nil), "discovery": b.NewRequest(http.MethodGet, pathOpenID, nil),
			"token": b.NewRequest(http.MethodPost, "/oauth/token", url.Values{}), "nothing": b.NewRequest(http.MethodGet, "/nothing", nil),
		}
		for what, req := range requests {
			req.Host = host
			got := b.Do(req)
			if got.Status/100 == 2 || got.Status/100 == 3 || got.Location() != "" || len(got.Header["Set-Cookie"]) > 0 {
				t.Errorf("%s under %s: %s", what, host, got)
			}
		}
	}
	if p.Inbox.Last() != before {
		t.Error("a mail went out")
	}
}
