package nativeapi_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/magiclink"
	"idp/internal/nativeapi"
)

// mark signs in with what the device has, and returns what it should keep.
func mark(t *testing.T, p *apptest.Provider, email, device string) string {
	t.Helper()
	after := p.Inbox.Last()
	send := p.JSON(nativeapi.PathSend, apptest.Phone, "email", email, "device", device)
	if send.Status != http.StatusOK {
		t.Fatalf("send: %s", send)
	}
	mail := p.NextNativeMail(after, email)
	reply := p.JSON(nativeapi.PathCode, apptest.Phone, "challenge", send.Text("challenge"), "code", mail.Code, "device", device)
	if reply.Status != http.StatusOK || reply.Text("device") == "" {
		t.Fatalf("verify: %s", reply)
	}
	return reply.Text("device")
}

// A device where an address signed in has an allowance of its own for it, that no
// stranger can use up, and goes on when the installation is full.
func TestKnownDevice(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		device := mark(t, p, ada, "")
		if again := mark(t, p, ada, device); again != device {
			t.Errorf("the mark changed: %s, %s", device, again)
		}
		bobs := mark(t, p, bob, device)
		if bobs == device {
			t.Error("one mark is for two addresses")
		}
		if err := p.App.Settle(t.Context()); err != nil { // or the job gives back in between
			t.Fatal(err)
		}
		send := func(email, device string) apptest.Reply {
			after := p.Inbox.Last()
			reply := p.JSON(nativeapi.PathSend, apptest.Phone, "email", email, "device", device)
			if reply.Status == http.StatusOK {
				p.NextNativeMail(after, email)
			}
			return reply
		}
		for send(ada, "").Status == http.StatusOK { // what the address has
		}
		for what, other := range map[string]string{"no mark": "", "bob's mark": bobs, "half a mark": device[:20], "a made-up one": device[:30] + "AAAA" + device[34:], "no text of ours": "....", "long": device + device} {
			limited(t, what, send(ada, other), time.Hour)
		}
		if reply := send(ada, device); reply.Status != http.StatusOK {
			t.Errorf("the address's allowance is used up: %s", reply)
		}
		strange := send(eve, "")
		for i := 0; strange.Status == http.StatusOK; i++ { // and what the installation has
			strange = send(fmt.Sprint("stranger", i, "@example.com"), "")
		}
		limited(t, "the installation is full", strange, time.Hour)
		mark(t, p, ada, device)
	}, apptest.Configure(func(c *config.Config) {
		c.Limits.SendPerAddress = []config.Rate{{Max: 3, Window: time.Hour}}
		c.Limits.SendPerInstance, c.Limits.SendReserve = []config.Rate{{Max: 8, Window: time.Hour}}, 0
	}))
}

// Where browsers are not remembered, devices are not.
func TestNoKnownDevices(t *testing.T) {
	p := one(t, apptest.Configure(func(c *config.Config) { c.Login.KnownBrowserTTL = 0 }))
	if reply := signIn(t, p, apptest.Phone, ada); reply.Text("device") != "" {
		t.Errorf("there is a mark: %s", reply)
	}
}

// An application hears where the mail is, and nobody else does.
func TestStatus(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		mail := ask(t, p, apptest.Phone, ada)
		delivery := func(challenge string) (map[string]any, apptest.Reply) {
			reply := p.JSON(nativeapi.PathStatus, apptest.Phone, "challenge", challenge)
			d, _ := reply.JSON["delivery"].(map[string]any)
			return d, reply
		}
		d, reply := delivery(mail.challenge)
		if at, _ := d["at"].(string); reply.Status != http.StatusOK || len(reply.JSON) != 1 || d["state"] != string(magiclink.Accepted) || at == "" || d["reason"] != nil {
			t.Errorf("a mail that went out: %s", reply)
		}
		notProven(t, "another client", p.JSON(nativeapi.PathStatus, apptest.Tablet, "challenge", mail.challenge))
		for _, challenge := range []string{"ch_x.y", "x", mail.challenge + "x", mail.challenge[:30] + ".x"} {
			_, reply := delivery(challenge)
			notProven(t, challenge, reply)
		}
		p.Clock.Advance(31 * time.Minute)
		_, reply = delivery(mail.challenge)
		notProven(t, "half an hour later", reply)
	})
}

// Mails that never go out look as if they had.
func TestStatusOfNoMail(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		send := p.JSON(nativeapi.PathSend, apptest.Phone, "email", "nobody@example.com")
		state := any(nil)
		for i := 0; state != string(magiclink.Accepted); i++ {
			reply := p.JSON(nativeapi.PathStatus, apptest.Phone, "challenge", send.Text("challenge"))
			d, _ := reply.JSON["delivery"].(map[string]any)
			if state = d["state"]; i > 1000 || reply.Status != http.StatusOK {
				t.Fatalf("%d: %s", i, reply)
			}
			p.Clock.Advance(100 * time.Millisecond)
		}
	}, apptest.Configure(onlyAda))
}
