package mail_test

import (
	"slices"
	"testing"
	"time"

	"idp/internal/magiclink"
	"idp/internal/mail"
)

// two are an office with a provider that does as told, and a good one.
func two(t *testing.T, command, reply string) (o *office, a, b *script) {
	t.Helper()
	a, b = &script{replies: map[string]string{}}, &script{replies: map[string]string{}}
	a.set(command, reply)
	o = newOffice(t, mail.Server{Port: a.listen(t), Security: mail.Plain}, mail.Server{Port: b.listen(t), Security: mail.Plain})
	return o, a, b
}

// What one provider does not take, the next one gets: at once if the first cannot
// be used or does not want it, later if that one may have it or says later, and
// never if the mailbox does not exist.
func TestFailover(t *testing.T) {
	t.Parallel()
	const never, later, atOnce = 0, 1, 2
	for _, c := range []struct {
		name, command, reply string
		next                 int
		want                 magiclink.Reason
	}{
		{"cut at connect", "CONNECT", "cut", atOnce, ""},
		{"hang at connect", "CONNECT", "hang", atOnce, ""},
		{"busy", "CONNECT", "421 4.3.2 busy", atOnce, ""},
		{"refuses everybody", "CONNECT", "554 5.3.2 no", atOnce, ""},
		{"hang at recipient", "RCPT", "hang", atOnce, ""},
		{"sender later", "MAIL", "451 4.7.1 too many", atOnce, ""},
		{"sender refused", "MAIL", "553 5.7.1 not you", atOnce, ""},
		{"relaying denied", "RCPT", "550 5.7.1 relaying denied", atOnce, ""},
		{"relaying denied, bare", "RCPT", "554 relay access denied", atOnce, ""},
		{"content refused", "END", "554 5.7.1 spam", atOnce, ""},
		{"no such user", "RCPT", "550 5.1.1 no such user", never, magiclink.NoMailbox},
		{"no such user, bare", "RCPT", "550 no such user", never, magiclink.NoMailbox},
		{"full", "RCPT", "552 5.2.2 full", never, magiclink.MailboxFull},
		{"relaying denied, by qmail", "RCPT", "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", atOnce, ""},
		{"relaying denied, last line", "RCPT", "550-not for\r\n550-192.0.2.1\r\n550 5.7.1 see our pages", atOnce, ""},
		{"too large", "RCPT", "552 5.2.3 too large", atOnce, ""},
		{"full, known late", "END", "552 5.2.2 full", never, magiclink.MailboxFull},
		{"closed, known late", "END", "550 #5.2.1: closed", never, magiclink.NoMailbox},
		{"spam, by another name", "END", "550 5.2.0 rejected as spam", atOnce, ""},
		{"greylisted", "RCPT", "451 4.7.1 try again", later, magiclink.Busy},
		{"full for now", "RCPT", "452 4.2.2 full", later, magiclink.MailboxFull},
		{"content later", "END", "451 4.3.0 later", later, magiclink.Busy},
		{"hang after the message", "END", "hang", later, magiclink.Unreachable},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o, a, b := two(t, c.command, c.reply)
			began := time.Now()
			id := o.ask(t)
			d := o.delivery(t, id)
			if d.Reason != c.want {
				t.Errorf("reason %q, want %q", d.Reason, c.want)
			}
			switch c.next {
			case atOnce:
				if took := time.Since(began); d.State != magiclink.Accepted || d.Server != "b" || took > 5*time.Second {
					t.Fatalf("after %v: %+v", took, d)
				}
			case never:
				if d.State != magiclink.Refused || d.Server != "a" || d.RefusedAt.IsZero() || b.said("CONNECT") {
					t.Fatalf("%+v", d)
				}
			case later:
				if d.State != magiclink.Deferred || d.NextAt.IsZero() || b.said("CONNECT") {
					t.Fatalf("%+v", d)
				}
				o.now = d.NextAt
				o.try(t)
				if d = o.delivery(t, id); d.State != magiclink.Accepted || d.Server != "b" || d.Reason != "" {
					t.Fatalf("later: %+v", d)
				}
			}
			if n := a.times("CONNECT"); n > 1 {
				t.Errorf("the first provider was asked %d times", n)
			}
		})
	}
}

// Two providers that do not want a letter have decided; one that does not want it
// and one that is down have not.
func TestNobodyTakesIt(t *testing.T) {
	t.Parallel()
	o, _, b := two(t, "RCPT", "550 5.7.1 blocked")
	b.set("RCPT", "550 5.7.1 blocked")
	if d := o.delivery(t, o.ask(t)); d.State != magiclink.Refused || d.Reason != magiclink.Policy {
		t.Errorf("%+v", d)
	}
	b.set("CONNECT", "cut")
	b.hangUp()
	if d := o.delivery(t, o.ask(t)); d.State != magiclink.Deferred || d.Reason != magiclink.Unreachable {
		t.Errorf("%+v", d)
	}
}

// Whoever asks again did not get the first letter: the next goes another way.
func TestResendGoesByTheNextProvider(t *testing.T) {
	t.Parallel()
	o, a, b := two(t, "", "")
	id := o.ask(t)
	for i, want := range []string{"a", "b", "a"} {
		if d := o.delivery(t, id); d.State != magiclink.Accepted || d.Server != want {
			t.Fatalf("letter %d: %+v", i, d)
		}
		o.now = o.now.Add(3 * time.Minute)
		if err := o.login.SendAgain(t.Context(), id, ada); err != nil {
			t.Fatal(err)
		}
		o.try(t)
	}
	ids := slices.Concat(a.ids(), b.ids())
	slices.Sort(ids)
	if len(slices.Compact(ids)) != 4 {
		t.Errorf("letters share a Message-ID: %v", ids)
	}
}

// After three failures in a row nobody waits for a provider, for a minute; then
// one letter looks whether it is back.
func TestBreaker(t *testing.T) {
	t.Parallel()
	o, a, _ := two(t, "CONNECT", "cut")
	connects := func(want int, when string) {
		t.Helper()
		id := o.ask(t)
		if n := a.times("CONNECT"); n != want {
			t.Fatalf("%s: %d connections to the broken provider, want %d", when, n, want)
		}
		if d := o.delivery(t, id); d.State != magiclink.Accepted {
			t.Fatalf("%s: %+v", when, d)
		}
	}
	for i := range 3 {
		connects(i+1, "closed")
	}
	connects(3, "open")
	o.now = o.now.Add(59 * time.Second)
	connects(3, "still open")
	o.now = o.now.Add(2 * time.Second)
	connects(4, "probe")
	connects(4, "open again")
	a.set("CONNECT", "")
	o.now = o.now.Add(61 * time.Second)
	connects(5, "good probe")
	connects(5, "closed again") // it keeps its connection
	if a.times("END") != 2 {
		t.Errorf("%d letters by the provider that is back", a.times("END"))
	}
}

// With nobody left to try, a letter waits until somebody may be tried.
func TestEverybodyRests(t *testing.T) {
	t.Parallel()
	a := &script{replies: map[string]string{"CONNECT": "cut"}}
	o := newOffice(t, mail.Server{Port: a.listen(t), Security: mail.Plain})
	var last string
	for range 4 {
		last = o.ask(t)
	}
	d := o.delivery(t, last)
	if d.State != magiclink.Deferred || d.NextAt.Sub(o.now) != time.Minute || a.times("CONNECT") != 3 {
		t.Fatalf("%d connections, %+v", a.times("CONNECT"), d)
	}
	a.set("CONNECT", "")
	o.now = d.NextAt
	for range 4 {
		o.try(t)
	}
	if d := o.delivery(t, last); d.State != magiclink.Accepted {
		t.Fatalf("%+v", d)
	}
}

// Tries that reached nobody do not make the code of an earlier mail invalid, though
// only the three newest are alive.
func TestFailedTriesLeaveOldCodesAlone(t *testing.T) {
	t.Parallel()
	s := &script{replies: map[string]string{}}
	o := newOffice(t, mail.Server{Port: s.listen(t), Security: mail.Plain})
	id := o.ask(t)
	o.now = o.now.Add(time.Minute)
	if err := o.login.SendAgain(t.Context(), id, ada); err != nil {
		t.Fatal(err)
	}
	s.set("RCPT", "451 4.7.1 try again")
	for range 5 {
		o.try(t)
		o.now = o.delivery(t, id).NextAt
	}
	code := codeIn.FindStringSubmatch(s.mails[0])[1]
	if _, _, err := o.login.SubmitCode(t.Context(), id, code, ada); err != nil {
		t.Errorf("the first mail's code: %v", err)
	}
}
