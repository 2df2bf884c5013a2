package mail_test

import (
	"cmp"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"idp/internal/clients"
	"idp/internal/magiclink"
	"idp/internal/mail"
	"idp/internal/secret"
	"idp/internal/storage"
	"idp/internal/testdb"
	"idp/web"
)

// office is a worker with its outbox, on a SQLite database, and a clock.
type office struct {
	store  *storage.Store
	login  *magiclink.Service
	keys   *secret.Keyring
	worker *mail.Worker
	now    time.Time
	asked  int
}

// queueOnly is a courier whose hands are always full: every letter waits in the
// outbox.
type queueOnly struct{}

func (queueOnly) Wake()                    {}
func (queueOnly) Reserve() *magiclink.Take { return nil }
func (queueOnly) Hand(*magiclink.Claim)    {}

// newOffice makes an office with one SMTP provider for each server, named a, b, …
func newOffice(t *testing.T, servers ...mail.Server) *office {
	t.Helper()
	o := &office{store: testdb.Open(t, testdb.URL(t, "sqlite")), now: time.UnixMilli(1_800_000_000_000)}
	clock := func() time.Time { return o.now }
	keys, err := secret.NewKeyring(secret.TokenOf(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	letters, err := web.LoadLetters(web.LetterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	senders := mail.NewProviders(clock)
	for i, s := range servers {
		s.Host, s.Timeout = cmp.Or(s.Host, "127.0.0.1"), cmp.Or(s.Timeout, time.Second)
		sender, err := mail.NewSMTP(s, "login.example.com")
		if err != nil {
			t.Fatal(err)
		}
		senders.Add(string(rune('a'+i)), sender)
	}
	t.Cleanup(senders.Close)
	o.keys = keys
	settings := magiclink.Defaults()
	settings.Limits.SendPerNewDomain.Max, settings.Limits.SendUnknown.Max = 1_000_000, 1_000_000 // all people here are new
	o.login = magiclink.NewService(o.store, keys, settings, clock, queueOnly{})
	o.worker = &mail.Worker{
		Outbox: o.store, Senders: senders, Log: slog.New(slog.DiscardHandler), Now: clock,
		Take:    magiclink.Take{Lease: mail.Lease, Mint: o.login.Mint, MayReceive: o.login.MayReceive},
		Compose: &mail.Composer{Issuer: "https://login.example.com", From: netmail.Address{Name: "Sign-in", Address: "login@example.com"}, Clients: clients.NewRegistry(o.store), Letters: letters, Keys: keys},
	}
	return o
}

// ada is the browser that asks.
var ada = asker("b", "192.0.2.1")

func asker(browser secret.Hash, address string) magiclink.Asker {
	return magiclink.Asker{Browser: browser, IP: address, Network: address}
}

// ask starts a login and tries to send its mail.
func (o *office) ask(t *testing.T) string {
	t.Helper()
	id := o.askFor(t, fmt.Sprintf("ada%d@example.com", o.asked), ada.Browser)
	o.try(t)
	return id
}

// askFor starts a login; its mail waits in the outbox. Everybody asks from
// another network, so that no limit is met.
func (o *office) askFor(t *testing.T, email string, browser secret.Hash) string {
	t.Helper()
	o.asked++
	c, err := o.login.Start(t.Context(), email, "", "", asker(browser, fmt.Sprint("192.0.2.", o.asked)))
	if err != nil {
		t.Fatal(err)
	}
	return c.ID
}

func (o *office) try(t *testing.T) {
	t.Helper()
	if _, err := o.worker.SendOne(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (o *office) delivery(t *testing.T, challenge string) magiclink.Delivery {
	t.Helper()
	st, err := o.login.Status(t.Context(), challenge, "b")
	if err != nil {
		t.Fatal(err)
	}
	return st.Delivery
}
