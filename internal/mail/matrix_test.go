package mail_test

import (
	"context"
	"flag"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"idp/internal/magiclink"
	"idp/internal/mail"
	"idp/internal/prove"
	"idp/internal/secret"
)

// mails is how many letters each fault meets, if not as many as the laboratory
// says.
var mails = flag.Int("mails", prove.Count(5, 25), "letters for each fault of the matrix")

// fault is a way in which a mail server fails: what it says instead of what a
// good one says.
type fault struct {
	name, command, reply string
	security             mail.Security // "": plain
	final                bool          // the letter is refused, not late
}

var faults = []fault{
	{name: "hang at connect", command: "CONNECT", reply: "hang"},
	{name: "hang at hello", command: "EHLO", reply: "hang"},
	{name: "hang at sender", command: "MAIL", reply: "hang"},
	{name: "hang at recipient", command: "RCPT", reply: "hang"},
	{name: "hang at data", command: "DATA", reply: "hang"},
	{name: "hang after the message", command: "END", reply: "hang"},
	{name: "later at connect", command: "CONNECT", reply: "421 4.3.2 busy"},
	{name: "later at sender", command: "MAIL", reply: "451 4.3.0 later"},
	{name: "greylisting", command: "RCPT", reply: "450 4.7.1 come back"},
	{name: "later at data", command: "DATA", reply: "451 4.3.0 later"},
	{name: "later after the message", command: "END", reply: "452 4.3.1 no space"},
	{name: "refuses at connect", command: "CONNECT", reply: "554 5.3.2 no"},
	{name: "refuses at sender", command: "MAIL", reply: "553 5.7.1 no", final: true},
	{name: "refuses recipient", command: "RCPT", reply: "550 5.1.1 no such user", final: true},
	{name: "refuses the message", command: "END", reply: "554 5.7.1 spam", final: true},
	{name: "cut at connect", command: "CONNECT", reply: "cut"},
	{name: "cut before the 250", command: "END", reply: "cut"},
	{name: "250, then cut", command: "END", reply: "250 cut"},
	{name: "garbage", command: "RCPT", reply: "\x00\xff what?"},
	{name: "long banner", command: "CONNECT", reply: "220 " + strings.Repeat("x", 1<<20)},
	{name: "many lines", command: "RCPT", reply: "250-a\r\n250-b\r\n250 ok"},
	{name: "slow banner", command: "CONNECT", reply: "slow"},
	{name: "STARTTLS missing", command: "EHLO", reply: "250 hello", security: mail.StartTLS},
	{name: "STARTTLS refused", command: "STARTTLS", reply: "454 4.7.0 not now", security: mail.StartTLS},
	{name: "STARTTLS taken out", command: "STARTTLS", reply: "220 go", security: mail.StartTLS},
	{name: "wrong hostname", command: "CERT", reply: "wrong", security: mail.StartTLS},
}

// Whatever a mail server does, each letter arrives, once, or its asker sees that
// it was refused. The server fails until every letter met it, and then is well.
func TestFaultMatrix(t *testing.T) {
	t.Parallel()
	all, hellos := append(faults, fault{name: "nobody listens", command: "LISTEN"}), []string{"250 hello", "250-hello\r\n250 PIPELINING"}
	t.Cleanup(func() {
		prove.Figure(t, fmt.Sprintf("%d faults of a mail server, with and without pipelining, %d letters each", len(all), *mails),
			"each of %d letters arrived once, or its asker saw that it was refused", len(all)*len(hellos)**mails)
	})
	for _, f := range all {
		for _, hello := range hellos {
			t.Run(f.name+", "+strings.ReplaceAll(hello, "\r\n", " "), func(t *testing.T) {
				t.Parallel()
				testFault(t, f, hello)
			})
		}
	}
}

func testFault(t *testing.T, f fault, hello string) {
	s := &script{replies: map[string]string{"EHLO": hello}}
	server := mail.Server{Port: s.listen(t), Security: mail.Plain, Timeout: 300 * time.Millisecond}
	if f.security != "" {
		s.set("EHLO", hello[:3]+"-hello\r\n250 STARTTLS")
		s.set("STARTTLS", "tls")
		server.Security, server.RootCAs = f.security, s.certified(t)
	}
	good := s.replies[f.command]
	if f.command == "LISTEN" {
		server.Host, server.Port = quiet, freePort(t)
	}
	s.set(f.command, f.reply)
	o := newOffice(t, server)
	var ids []string
	for i := range *mails {
		ids = append(ids, o.askFor(t, fmt.Sprintf("ada%d@example.com", i), "b"))
		o.try(t)
	}
	s.hangUp()
	s.set(f.command, good)
	if f.command == "LISTEN" {
		s.listenAt(t, fmt.Sprint(quiet, ":", server.Port))
	}
	o.drain(t)
	o.arrived(t, s, ids, f.final)
}

// quiet is an address of this machine that no connection of other tests comes
// from: nobody takes a port there that was free.
const quiet = "127.0.0.7"

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", quiet+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// drain lets the clock run to each try until no letter waits.
func (o *office) drain(t *testing.T) {
	t.Helper()
	for {
		next, err := o.store.NextLetterAt(t.Context(), o.now)
		if err != nil {
			t.Fatal(err)
		}
		if next.IsZero() {
			return
		}
		if next.After(o.now) {
			o.now = next
		}
		o.try(t)
	}
}

// arrived checks that each letter is on the server once, and that its asker was
// told; or, if it was refused, that it is not and they were.
func (o *office) arrived(t *testing.T, s *script, ids []string, refused bool) {
	t.Helper()
	want := magiclink.Accepted
	if refused {
		want = magiclink.Refused
	}
	for _, id := range ids {
		if d := o.delivery(t, id); d.State != want {
			t.Errorf("%+v", d)
		}
	}
	seen := map[string]int{}
	for _, id := range s.ids() {
		if seen[id]++; seen[id] > 1 {
			t.Errorf("%s arrived %d times", id, seen[id])
		}
	}
	if n := len(seen); refused && n != 0 || !refused && n != len(ids) {
		t.Errorf("%d of %d letters arrived", n, len(ids))
	}
}

// Ten minutes without a mail server: every letter that was asked for arrives.
func TestTenMinutesWithoutServer(t *testing.T) {
	t.Parallel()
	o, s, ids := outage(t, 10*time.Minute)
	o.drain(t)
	o.arrived(t, s, ids, false)
}

// An outage that is longer than a sign-in may take: the pages say that it is over,
// and nothing is sent that nobody can use.
func TestOutageThatOutlivesTheSignIn(t *testing.T) {
	t.Parallel()
	o, s, ids := outage(t, 10*time.Minute)
	s.set("CONNECT", "cut")
	o.now = o.now.Add(magiclink.Defaults().ChallengeTTL)
	s.set("CONNECT", "")
	o.drain(t)
	for _, id := range ids {
		st, err := o.login.Status(t.Context(), id, "b")
		if err != nil || !st.Challenge.Expired(o.now) || st.Delivery.State == magiclink.Accepted {
			t.Errorf("%+v, %v", st.Delivery, err)
		}
	}
	if s.said("MAIL") {
		t.Error("a dead letter was sent")
	}
}

// outage is an office whose server is away for a time, while people ask.
func outage(t *testing.T, lasts time.Duration) (o *office, s *script, ids []string) {
	t.Helper()
	s = &script{replies: map[string]string{"CONNECT": "cut"}}
	o = newOffice(t, mail.Server{Port: s.listen(t), Security: mail.Plain})
	const step = 5 * time.Second
	for i := range int(lasts / step) {
		if i%6 == 0 {
			ids = append(ids, o.askFor(t, fmt.Sprintf("ada%d@example.com", i), "b"))
		}
		for more := true; more; {
			var err error
			if more, err = o.worker.SendOne(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if d := o.delivery(t, ids[0]); d.State != magiclink.Deferred || d.NextAt.Before(o.now) || d.Reason != magiclink.Unreachable {
			t.Fatalf("the page would show %+v", d)
		}
		o.now = o.now.Add(step)
	}
	s.set("CONNECT", "")
	return o, s, ids
}

// crashing is an outbox whose worker dies before it can say what happened.
type crashing struct{ mail.Outbox }

func (crashing) LettersDone(context.Context, []magiclink.Fate) ([]string, error) { return nil, nil }

// A crash behind the server's 250 makes a second mail, with the same Message-ID,
// and both codes work: nothing is lost.
func TestCrashBehindThe250(t *testing.T) {
	t.Parallel()
	s := &script{replies: map[string]string{}}
	o := newOffice(t, mail.Server{Port: s.listen(t), Security: mail.Plain})
	o.worker.Outbox = crashing{o.store}
	id := o.ask(t)
	o.worker.Outbox = o.store
	o.drain(t)
	if ids := s.ids(); len(ids) != 2 || ids[0] != ids[1] || o.delivery(t, id).State != magiclink.Accepted {
		t.Fatalf("%v, %+v", ids, o.delivery(t, id))
	}
	code := codeIn.FindStringSubmatch(s.mails[0])[1]
	if _, _, err := o.login.SubmitCode(t.Context(), id, code, magiclink.Asker{Browser: secret.Hash("b"), Network: "192.0.2.1"}); err != nil {
		t.Errorf("the first mail's code: %v", err)
	}
}
