package nativeapi_test

import (
	"testing"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/nativeapi"
)

// Codes that rest are told whichever way they were typed; a sign-in is not, because
// an application may keep no mark of its device.
func TestNoticesOfNativeSignIns(t *testing.T) {
	p := one(t, apptest.Configure(func(c *config.Config) {
		c.Limits.WrongPerAddress.Max, c.Login.CodeAttempts, c.Login.ChallengeAttempts = 4, 9, 9
	}))
	signIn(t, p, apptest.Phone, ada)
	mail := ask(t, p, apptest.Phone, ada)
	wrong := "000000"
	if mail.Code == wrong {
		wrong = "000001"
	}
	after := p.Inbox.Last()
	for range 6 {
		p.JSON(nativeapi.PathCode, apptest.Phone, "email", ada, "code", wrong)
	}
	if m := p.NextNotice(after, ada); m.Subject != "Many wrong codes for your address" {
		t.Errorf("the notice is %q", m.Subject)
	}
	if _, n := p.Inbox.Find("to:"+ada, 0, 1); n != 3 {
		t.Errorf("%d mails, want two sign-ins and one notice", n)
	}
}
