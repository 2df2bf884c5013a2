package mail_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/mail"
	"idp/internal/secret"
)

// Only a 5xx reply is final. go-mail calls a cut after the final dot permanent
// too; whoever believes it loses mails.
func TestWhatServersSay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, command, reply string
		want                 magiclink.DeliveryState
	}{
		{"good", "", "", magiclink.Accepted},
		{"recipient unknown", "RCPT", "550 5.1.1 no such user", magiclink.Refused},
		{"recipient, multi-line", "RCPT", "550-no\r\n550 such user", magiclink.Refused},
		{"mailbox full for now", "RCPT", "452 4.2.2 full", magiclink.Deferred},
		{"greylisted", "RCPT", "451 4.7.1 try again", magiclink.Deferred},
		{"sender refused", "MAIL", "553 5.7.1 not you", magiclink.Refused},
		{"sender later", "MAIL", "421 4.3.2 closing", magiclink.Deferred},
		{"content refused", "END", "554 5.7.1 spam", magiclink.Refused},
		{"content later", "END", "451 4.3.0 later", magiclink.Deferred},
		{"no data", "DATA", "503 5.5.1 no", magiclink.Refused},
		{"busy", "CONNECT", "421 4.3.2 busy", magiclink.Deferred},
		{"refuses everybody", "CONNECT", "554 5.3.2 no", magiclink.Deferred},
		{"cut at connect", "CONNECT", "cut", magiclink.Deferred},
		{"cut at hello", "EHLO", "cut", magiclink.Deferred},
		{"cut at sender", "MAIL", "cut", magiclink.Deferred},
		{"cut at recipient", "RCPT", "cut", magiclink.Deferred},
		{"cut at data", "DATA", "cut", magiclink.Deferred},
		{"cut after the final dot", "END", "cut", magiclink.Deferred},
		{"hang at connect", "CONNECT", "hang", magiclink.Deferred},
		{"hang at recipient", "RCPT", "hang", magiclink.Deferred},
		{"hang after the final dot", "END", "hang", magiclink.Deferred},
		{"nonsense", "RCPT", "what?", magiclink.Deferred},
	} {
		for how, hello := range map[string]string{"one by one": "250 hello", "pipelining": "250-hello\r\n250 PIPELINING"} {
			t.Run(c.name+", "+how, func(t *testing.T) {
				t.Parallel()
				s := &script{replies: map[string]string{"EHLO": hello}}
				if c.command != "" {
					s.replies[c.command] = c.reply
				}
				o := newOffice(t, mail.Server{Port: s.listen(t), Security: mail.Plain})
				id := o.ask(t)
				if d := o.delivery(t, id); d.State != c.want {
					t.Fatalf("the mail is %s (%s), want %s", d.State, d.Reply, c.want)
				}
			})
		}
	}
}

// A connection is kept for the next mail. If the server has ended it meanwhile,
// by hanging up or by saying so, the mail goes out on another one, once.
func TestKeptConnectionThatEnded(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*script){
		"hung up": (*script).hangUp, "421": func(s *script) { s.set("MAIL", "421 4.4.2 idle too long") },
	} {
		for how, hello := range map[string]string{"one by one": "250 hello", "pipelining": "250-hello\r\n250 PIPELINING"} {
			t.Run(name+", "+how, func(t *testing.T) {
				t.Parallel()
				s := &script{replies: map[string]string{"EHLO": hello}}
				o := newOffice(t, mail.Server{Port: s.listen(t), Security: mail.Plain})
				o.ask(t)
				end(s)
				id := o.ask(t)
				d, times := o.delivery(t, id), s.times("CONNECT")
				if name == "421" {
					if times != 2 {
						t.Fatalf("%d connections, want another one", times)
					}
					return // this server says 421 to everybody
				}
				if d.State != magiclink.Accepted || times != 2 || s.times("END") != 2 {
					t.Fatalf("the mail is %s (%s) after %d connections and %d messages", d.State, d.Reply, times, s.times("END"))
				}
			})
		}
	}
}

// Servers take so many mails on one connection and no more, and not all of them hang
// up then (OpenSMTPD answers 452). That is no failure: nobody waits, and no provider
// rests for it.
func TestConnectionThatIsUsedUp(t *testing.T) {
	t.Parallel()
	for how, hello := range map[string]string{"one by one": "250 hello", "pipelining": "250-hello\r\n250 PIPELINING"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := &script{replies: map[string]string{"EHLO": hello}, most: 2}
			o := newOffice(t, mail.Server{Port: s.listen(t), Security: mail.Plain})
			for i := range 5 {
				if d := o.delivery(t, o.ask(t)); d.State != magiclink.Accepted {
					t.Fatalf("letter %d: %+v", i, d)
				}
			}
			if s.times("CONNECT") != 3 || s.times("END") != 5 {
				t.Errorf("%d connections for %d messages", s.times("CONNECT"), s.times("END"))
			}
		})
	}
}

// A letter that waited for half its lease in the worker's hands is not sent from
// there, but once, from the outbox.
func TestLetterThatWaitedInHand(t *testing.T) {
	t.Parallel()
	s := &script{replies: map[string]string{}}
	o := newOffice(t, mail.Server{Port: s.listen(t), Security: mail.Plain})
	c, claim := o.claim(t)
	o.now = o.now.Add(mail.Lease / 2)
	o.worker.Hand(claim)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { o.worker.Run(ctx); close(done) }()
	for o.delivery(t, c.ID).State != magiclink.Accepted && t.Context().Err() == nil {
		runtime.Gosched()
	}
	stop()
	<-done
	if d := o.delivery(t, c.ID); d.Tries != 2 || s.times("END") != 1 {
		t.Fatalf("%d messages, and %+v", s.times("END"), d)
	}
	if _, _, err := o.store.ByLink(t.Context(), claim.Minted.Stored.LinkHash); !errors.Is(err, idp.ErrNotFound) {
		t.Fatalf("the link that nobody got: %v", err)
	}
}

// claim is a letter that its request is about to hand over, and its challenge.
func (o *office) claim(t *testing.T) (magiclink.Challenge, *magiclink.Claim) {
	t.Helper()
	c := magiclink.Challenge{
		ID: secret.NewID("", o.now), Email: "ada@example.com", Browser: "b", State: magiclink.Pending, Sends: 1, CreatedAt: o.now, ExpiresAt: o.now.Add(time.Hour),
	}
	l := magiclink.Letter{ID: secret.NewID("let_", o.now), ChallengeID: c.ID, Recipient: c.Email, AskedAt: o.now, ExpiresAt: c.ExpiresAt}
	claim, err := o.store.CreateChallenge(t.Context(), c, l, magiclink.Admission{}, o.worker.Reserve())
	if err != nil {
		t.Fatal(err)
	}
	return c, claim
}

// A letter that was handed over just before the end is sent by who ends.
func TestLetterOfTheLastMoment(t *testing.T) {
	t.Parallel()
	s := &script{replies: map[string]string{}}
	o := newOffice(t, mail.Server{Port: s.listen(t), Security: mail.Plain})
	c, claim := o.claim(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	o.worker.Hand(claim)
	o.worker.Run(ctx)
	if d := o.delivery(t, c.ID); d.State != magiclink.Accepted || s.times("END") != 1 {
		t.Errorf("%d messages, and %+v", s.times("END"), d)
	}
}

// What cannot be sent now is sent later, as long as the challenge lives.
func TestRetries(t *testing.T) {
	t.Parallel()
	s := &script{replies: map[string]string{"RCPT": "451 4.7.1 try again"}}
	o := newOffice(t, mail.Server{Port: s.listen(t), Security: mail.Plain})
	id := o.ask(t)
	for _, pause := range []time.Duration{5 * time.Second, 15 * time.Second, 45 * time.Second, 2 * time.Minute, 2 * time.Minute} {
		o.now = o.now.Add(pause - time.Second)
		before := o.delivery(t, id).Tries
		o.try(t)
		if o.delivery(t, id).Tries != before {
			t.Fatalf("tried again before %v were over", pause)
		}
		o.now = o.now.Add(time.Second)
		o.try(t)
		if d := o.delivery(t, id); d.Tries != before+1 || d.State != magiclink.Deferred {
			t.Fatalf("after %v: %+v", pause, d)
		}
	}
	s.set("RCPT", "250 ok")
	o.now = o.now.Add(2 * time.Minute)
	o.try(t)
	if d := o.delivery(t, id); d.State != magiclink.Accepted {
		t.Fatalf("in the end: %+v", d)
	}
}

// A password or a link must not cross the network in clear because somebody in
// between took STARTTLS out of the server's answer.
func TestNothingIsSentWithoutTLS(t *testing.T) {
	t.Parallel()
	for name, security := range map[string]mail.Security{"starttls": mail.StartTLS, "tls": mail.TLS} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &script{replies: map[string]string{}}
			o := newOffice(t, mail.Server{Port: s.listen(t), Security: security, Username: "idp", Password: secret.TokenOf("hunter2")})
			id := o.ask(t)
			if d := o.delivery(t, id); d.State != magiclink.Deferred {
				t.Fatalf("the mail is %s", d.State)
			}
			for _, command := range []string{"AUTH", "MAIL", "RCPT", "DATA"} {
				if s.said(command) {
					t.Errorf("%s went over the wire in clear", command)
				}
			}
		})
	}
}
