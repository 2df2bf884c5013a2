package main

import (
	"fmt"
	"net/http"
	"testing"

	"idp/internal/apptest"
	"idp/internal/testdb"
)

// What a page acknowledged survives kill -9 of the process at any moment after
// it. The process is killed after each step and started again.
func TestKillAfterEachStep(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, database string) {
		listen := fmt.Sprintf("127.0.0.1:%d", freePort(t))
		s := newSite(t, database, "http://"+listen)
		p := s.start(listen)
		again := func() {
			t.Helper()
			p.kill()
			p = s.start(listen)
		}
		idp := apptest.Outside(t, s.issuer, s.mails)
		b := idp.Browser()
		request := apptest.Offline(apptest.Web)

		// Challenge accepted: the page was shown while the mail server was down.
		form := b.Authorize(request)
		wait := b.Submit(form.Form("/login").Set("email", "ada@example.com"))
		if wait.Status != http.StatusOK {
			t.Fatalf("no waiting page: %s", wait)
		}
		s.mailUp()
		again()
		mail := idp.NextMail(0, "ada@example.com")

		// Mail handed over: its code works in the next process.
		again()
		wait = b.Open(wait.URL.RequestURI())
		answer, ok := b.EnterCode(wait, mail.Code).Answer()
		if !ok || answer.Code() == "" {
			t.Fatalf("the code of a mail from before the crash: %v", answer)
		}

		// Code issued: it can be redeemed in the next process.
		again()
		reply := idp.Redeem(request, answer.Code())
		if reply.Status != http.StatusOK || reply.Refresh() == "" {
			t.Fatalf("redeem after the crash: %s", reply)
		}

		// Session made: single sign-on without a page, and the grant lives.
		again()
		if a, ok := b.Authorize(request.With("prompt", "none")).Answer(); !ok || a.Code() == "" {
			t.Fatalf("the session after the crash: %v", a)
		}
		if r := idp.Refresh(apptest.Web, reply.Refresh(), ""); r.Status != http.StatusOK {
			t.Fatalf("refresh after the crash: %s", r)
		}
		if r := idp.Redeem(request, answer.Code()); r.Status != http.StatusBadRequest {
			t.Fatalf("a crash made a spent code good again: %s", r)
		}
	})
}

// A mail server that is down loses nothing: the page says so, and the mail goes
// out when it is back.
func TestMailServerDown(t *testing.T) {
	t.Parallel()
	listen := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	s := newSite(t, testdb.URL(t, "postgres"), "http://"+listen)
	s.start(listen)
	idp := apptest.Outside(t, s.issuer, s.mails)
	b := idp.Browser()
	wait := b.Submit(b.Open("/login").Form("/login").Set("email", "ada@example.com"))
	if wait.Status != http.StatusOK {
		t.Fatalf("no waiting page: %s", wait)
	}
	s.mailUp()
	mail := idp.NextMail(0, "ada@example.com")
	if page := b.EnterCode(b.Open(wait.URL.RequestURI()), mail.Code); page.URL.Path != "/account" {
		t.Fatalf("after the late mail: %s", page)
	}
}
