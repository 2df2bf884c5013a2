package bounce_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"idp/internal/bounce"
	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/mail"
	"idp/internal/secret"
	"idp/internal/storage"
	"idp/internal/testdb"
	"idp/internal/webhook"
)

// post is a server that has sent letters.
type post struct {
	t     *testing.T
	store *storage.Store
	keys  *secret.Keyring
	login *magiclink.Service
	desk  *bounce.Desk
	now   time.Time
}

// queue is a courier whose hands are full: letters wait in the outbox.
type queue struct{}

func (queue) Wake()                    {}
func (queue) Reserve() *magiclink.Take { return nil }
func (queue) Hand(*magiclink.Claim)    {}

func newPost(t *testing.T, s *storage.Store) *post {
	t.Helper()
	keys, err := secret.NewKeyring(secret.TokenOf(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	p := &post{t: t, store: s, keys: keys, now: time.UnixMilli(1_800_000_000_000)}
	p.login = magiclink.NewService(s, keys, magiclink.Defaults(), func() time.Time { return p.now }, queue{})
	p.desk = &bounce.Desk{Store: s, Keys: keys, Now: func() time.Time { return p.now }}
	return p
}

// each runs a test on every database.
func each(t *testing.T, test func(p *post)) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) { test(newPost(t, s)) })
}

// ask starts a sign-in and takes its letter: nil if none is to be sent.
func (p *post) ask(email string) (challenge string, claim *magiclink.Claim) {
	p.t.Helper()
	c, err := p.login.Start(p.t.Context(), email, "", "", magiclink.Asker{Browser: "b", IP: "192.0.2.1", Network: "192.0.2.1"})
	if err != nil {
		p.t.Fatal(err)
	}
	take := &magiclink.Take{Lease: time.Minute, Mint: p.login.Mint, MayReceive: p.login.MayReceive}
	claim, err = p.store.ClaimLetter(p.t.Context(), p.now, take)
	if err != nil {
		p.t.Fatal(err)
	}
	return c.ID, claim
}

// sent is ask with the letter accepted by a mail server.
func (p *post) sent(email string) (challenge string, claim *magiclink.Claim) {
	p.t.Helper()
	challenge, claim = p.ask(email)
	if claim == nil {
		p.t.Fatal("the letter was not sent")
	}
	p.done(claim)
	return challenge, claim
}

func (p *post) done(claim *magiclink.Claim) {
	p.t.Helper()
	fate := magiclink.Fate{LetterID: claim.Letter.ID, Try: claim.Tries, Delivery: magiclink.Delivery{State: magiclink.Accepted, AcceptedAt: p.now}}
	if late, err := p.store.LettersDone(p.t.Context(), []magiclink.Fate{fate}); err != nil || len(late) > 0 {
		p.t.Fatal(late, err)
	}
}

func (p *post) delivery(challenge string) magiclink.Delivery {
	p.t.Helper()
	st, err := p.login.Status(p.t.Context(), challenge, "b")
	if err != nil {
		p.t.Fatal(err)
	}
	return st.Delivery
}

// report is what another server says of a letter.
func (p *post) report(claim *magiclink.Claim, action, status string) bounce.Report {
	ref := mail.Ref(p.keys, claim.Letter.ID, claim.Letter.Recipient)
	return bounce.Report{Recipients: []string{claim.Letter.Recipient}, Action: action, Status: status, Returned: "<" + ref + "@example.com>\n"}
}

func (p *post) take(r bounce.Report) {
	p.t.Helper()
	if err := p.desk.Take(p.t.Context(), r); err != nil {
		p.t.Fatal(err)
	}
}

// The page says at once that a letter came back or is late.
func TestReportReachesThePage(t *testing.T) {
	each(t, func(p *post) {
		for i, c := range []struct {
			action, status string
			state          magiclink.DeliveryState
			reason         magiclink.Reason
		}{
			{"failed", "5.1.1", magiclink.Refused, magiclink.NoMailbox},
			{"failed", "5.2.2", magiclink.Refused, magiclink.MailboxFull},
			{"failed", "5.7.1", magiclink.Refused, magiclink.Policy},
			{"failed", "4.4.7", magiclink.Refused, ""},
			{"delayed", "4.4.1", magiclink.Accepted, magiclink.Delayed},
			{"delivered", "2.0.0", magiclink.Accepted, ""},
		} {
			id, claim := p.sent(string(rune('a'+i)) + "@example.com")
			p.take(p.report(claim, c.action, c.status))
			if d := p.delivery(id); d.State != c.state || d.Reason != c.reason || (d.State == magiclink.Refused) != d.RefusedAt.Equal(p.now) {
				p.t.Errorf("%s %s: %+v", c.action, c.status, d)
			}
		}
	})
}

// A mailbox that refuses for good gets one letter a day; the others are answered
// with the truth. A sign-in ends that, and an old report does not begin it again.
func TestMarkedAddress(t *testing.T) {
	each(t, func(p *post) {
		_, first := p.sent("ada@example.com")
		written := p.now
		p.now = p.now.Add(10 * time.Minute)
		p.take(p.report(first, "failed", "5.1.1"))
		id, claim := p.ask("ada@example.com")
		if d := p.delivery(id); claim != nil || d.State != magiclink.Refused || d.Reason != magiclink.NoMailbox || !d.RefusedAt.Equal(written) {
			p.t.Fatalf("while it is marked: %v, %+v", claim, d)
		}
		p.now = p.now.Add(24 * time.Hour)
		id, claim = p.sent("ada@example.com")
		if _, again := p.ask("ada@example.com"); again != nil {
			p.t.Fatal("a second letter on one day")
		}
		code := claim.Minted.Code.Reveal()
		if _, _, err := p.login.SubmitCode(p.t.Context(), id, code, magiclink.Asker{Browser: "b", Network: "192.0.2.1"}); err != nil {
			p.t.Fatal(err)
		}
		p.sent("ada@example.com")
		p.take(p.report(first, "failed", "5.1.1"))
		p.sent("ada@example.com")
	})
}

func TestUnbounce(t *testing.T) {
	each(t, func(p *post) {
		_, claim := p.sent("ada@example.com")
		p.take(p.report(claim, "failed", "5.1.1"))
		if err := p.store.Unbounce(p.t.Context(), "ada@example.com", time.Now()); err != nil {
			p.t.Fatal(err)
		}
		p.sent("ada@example.com")
		if err := p.store.Unbounce(p.t.Context(), "ada@example.com", time.Now()); !errors.Is(err, idp.ErrNotFound) {
			p.t.Errorf("a second time: %v", err)
		}
	})
}

// A full mailbox and a server that gave up are no reason to stop, and no policy is: a
// forgotten SPF record would lock out everybody at a provider for a day.
func TestWhatDoesNotMark(t *testing.T) {
	each(t, func(p *post) {
		for i, status := range []string{"5.2.2", "4.4.7", "", "5.7.1", "5.7.26", "5.1.8"} {
			email := string(rune('a'+i)) + "@example.com"
			_, claim := p.sent(email)
			p.take(p.report(claim, "failed", status))
			p.sent(email)
		}
	})
}

// A mail that anybody could have written marks nobody.
func TestForgedReports(t *testing.T) {
	each(t, func(p *post) {
		id, claim := p.sent("ada@example.com")
		_, other := p.sent("eve@example.com")
		good, foreign := p.report(claim, "failed", "5.1.1"), p.report(other, "failed", "5.1.1")
		for name, r := range map[string]bounce.Report{
			"no reference":        {Recipients: good.Recipients, Action: "failed", Status: "5.1.1"},
			"bare id":             {Recipients: good.Recipients, Action: "failed", Status: "5.1.1", Returned: claim.Letter.ID},
			"guess":               {Recipients: good.Recipients, Action: "failed", Status: "5.1.1", Returned: claim.Letter.ID + ".AAAAAAAAAAAAAAAA"},
			"letter to another":   {Recipients: good.Recipients, Action: "failed", Status: "5.1.1", Returned: foreign.Returned},
			"no recipient":        {Action: "failed", Status: "5.1.1", Returned: good.Returned},
			"recipient elsewhere": {Recipients: []string{"bob@example.com"}, Action: "failed", Status: "5.1.1", Returned: good.Returned},
		} {
			if err := p.desk.Take(p.t.Context(), r); !errors.Is(err, bounce.ErrForeign) {
				p.t.Errorf("%s: %v", name, err)
			}
		}
		if d := p.delivery(id); d.State != magiclink.Accepted {
			p.t.Errorf("%+v", d)
		}
		p.sent("ada@example.com")
	})
}

var key = secret.TokenOf(strings.Repeat("b", 32))

// event posts what a provider reports.
func (p *post) event(provider string, key secret.Token, body string) int {
	p.t.Helper()
	h := &bounce.Handler{Desk: p.desk, Keys: map[string]secret.Token{"backup": secret.TokenOf(strings.Repeat("b", 32))}}
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/mail/bounces/"+provider, strings.NewReader(body))
	r.SetPathValue("provider", provider)
	webhook.Sign(r.Header, key, "m1", p.now, []byte(body))
	w := httptest.NewRecorder()
	if err := h.Post(w, r); err != nil {
		p.t.Fatal(err)
	}
	return w.Code
}

func bounced(messageID, recipient, status string) string {
	out, err := json.Marshal(map[string]any{
		"type": "mail.bounced", "timestamp": "2027-01-15T08:00:00Z",
		"data": map[string]string{"message_id": messageID, "recipient": recipient, "status": status},
	})
	if err != nil {
		panic(err)
	}
	return string(out)
}

// A provider's word counts if it is signed, with or without our reference.
func TestProvidersReport(t *testing.T) {
	each(t, func(p *post) {
		id, claim := p.sent("ada@example.com")
		body := bounced(mail.Ref(p.keys, claim.Letter.ID, "ada@example.com")+"@example.com", "Ada@example.com", "5.1.1")
		for name, c := range map[string]struct {
			provider, body string
			key            secret.Token
			want           int
		}{
			"unknown provider": {"other", body, key, 404},
			"another key":      {"backup", body, secret.TokenOf(strings.Repeat("x", 32)), 401},
			"no JSON":          {"backup", "hello", key, 400},
			"no recipient":     {"backup", bounced("", "", "5.1.1"), key, 400},
			"something else":   {"backup", `{"type":"mail.opened"}`, key, 204},
		} {
			if got := p.event(c.provider, c.key, c.body); got != c.want {
				p.t.Errorf("%s: %d, want %d", name, got, c.want)
			}
		}
		if d := p.delivery(id); d.State != magiclink.Accepted {
			p.t.Fatalf("refused events had an effect: %+v", d)
		}
		if got := p.event("backup", key, body); got != 204 || p.delivery(id).State != magiclink.Refused {
			p.t.Errorf("%d, %+v", got, p.delivery(id))
		}
		if _, claim := p.ask("ada@example.com"); claim != nil {
			p.t.Error("the address is not marked")
		}
		p.event("backup", key, bounced("", "bob@example.com", "5.1.1"))
		if _, claim := p.ask("bob@example.com"); claim != nil {
			p.t.Error("without our reference, the address is not marked")
		}
	})
}

// A provider repeats what is refused, and ends a webhook that refuses too often: what
// it tells of other people's mails, to addresses that nobody has here, is no mistake.
func TestProvidersTellOfOtherMails(t *testing.T) {
	each(t, func(p *post) {
		for _, recipient := range []string{"müller@example.com", `"ada lovelace"@example.com`, "ada@[192.0.2.1]", "undisclosed-recipients:;"} {
			if got := p.event("backup", key, bounced("", recipient, "5.1.1")); got != 204 {
				p.t.Errorf("%s: %d", recipient, got)
			}
		}
	})
}

// Domains in other scripts are mailed to as the DNS knows them; servers that know
// better (RFC 6533) and providers name them as people read them.
func TestReportsInOtherScripts(t *testing.T) {
	each(t, func(p *post) {
		id, claim := p.sent("ada@xn--bcher-kva.example.com")
		r := p.report(claim, "failed", "5.1.1")
		r.Recipients = []string{"Ada@bücher.example.com"}
		p.take(r)
		if d := p.delivery(id); d.State != magiclink.Refused {
			p.t.Errorf("%+v", d)
		}
		p.event("backup", key, bounced("", "bob@bücher.example.com", "5.1.1"))
		if _, claim := p.ask("bob@xn--bcher-kva.example.com"); claim != nil {
			p.t.Error("the address is not marked")
		}
	})
}
