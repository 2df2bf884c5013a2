package nativeapi_test

import (
	"net/http"
	"testing"

	"idp/internal/apptest"
	"idp/internal/nativeapi"
	"idp/internal/testdb"
)

const (
	ada = "ada@example.com"
	bob = "bob@example.com"
	eve = "eve@example.com"
)

// each runs test against a running provider on each database.
func each(t *testing.T, test func(t *testing.T, p *apptest.Provider), opts ...apptest.Option) {
	t.Helper()
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, url string) { test(t, apptest.New(t, url, opts...)) })
}

// one starts a provider for a test of what no database has a say in.
func one(t *testing.T, opts ...apptest.Option) *apptest.Provider {
	t.Helper()
	t.Parallel()
	return apptest.New(t, testdb.URL(t, "sqlite"), opts...)
}

// asked is a mail that is on its way, and the challenge that it belongs to.
type asked struct {
	apptest.NativeMail
	challenge string
}

// ask asks for a mail and reads it.
func ask(t *testing.T, p *apptest.Provider, c apptest.Client, email string) asked {
	t.Helper()
	after := p.Inbox.Last()
	reply := p.JSON(nativeapi.PathSend, c, "email", email)
	if reply.Status != http.StatusOK || reply.Text("status") != "magic link sent" || reply.Text("challenge") == "" {
		t.Fatalf("send: %s", reply)
	}
	return asked{p.NextNativeMail(after, email), reply.Text("challenge")}
}

// signIn signs in by the code of a mail.
func signIn(t *testing.T, p *apptest.Provider, c apptest.Client, email string) apptest.Reply {
	t.Helper()
	mail := ask(t, p, c, email)
	reply := p.JSON(nativeapi.PathCode, c, "challenge", mail.challenge, "code", mail.Code)
	if reply.Status != http.StatusOK {
		t.Fatalf("sign in %s: %s", email, reply)
	}
	return reply
}

// bearer calls me or sign-out.
func bearer(p *apptest.Provider, method, path, token string) apptest.Reply {
	req := p.NewRequest(path, nil)
	req.Method = method
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return p.Do(req)
}

// refused fails the test unless the reply is this error, word for word.
func refused(t *testing.T, what string, reply apptest.Reply, status int, code string) {
	t.Helper()
	if reply.Status != status || reply.Fault() != code || reply.Text("session_token") != "" {
		t.Errorf("%s: %s, want %d %q", what, reply, status, code)
	}
}

// notProven is the answer to every token and code that is not good.
func notProven(t *testing.T, what string, reply apptest.Reply) {
	t.Helper()
	if reply.Status != http.StatusUnauthorized || reply.Body != `{"error":"invalid or expired token"}` {
		t.Errorf("%s: %s", what, reply)
	}
}

// wrong is a code that is not this one.
func wrong(code string) string {
	if code == "000000" {
		return "000001"
	}
	return "000000"
}
