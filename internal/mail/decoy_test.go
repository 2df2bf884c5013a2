package mail_test

import (
	"strings"
	"testing"
	"time"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/mail"
)

// only lets known addresses and real@example.com sign in.
func only(o *office) {
	o.worker.Take.MayReceive = func(email, _ string, known bool) bool { return known || email == "real@example.com" }
}

// sequence is what the waiting page goes through in the time after the worker
// took the letter, in steps of 50 ms.
func (o *office) sequence(t *testing.T, id string) (states []magiclink.DeliveryState) {
	t.Helper()
	for range 40 {
		if s := o.delivery(t, id).State; len(states) == 0 || states[len(states)-1] != s {
			states = append(states, s)
		}
		o.now = o.now.Add(50 * time.Millisecond)
	}
	return states
}

// slowServer is a clock for the office that makes each mail take some time.
func slowServer(o *office, took time.Duration) {
	o.worker.Now = func() time.Time {
		o.now = o.now.Add(took / 10) // it is asked some times for each letter
		return o.now
	}
}

// Somebody who may not sign in gets no mail. Their waiting page says what that of
// somebody else would say, when it would.
func TestDecoyLooksReal(t *testing.T) {
	t.Parallel()
	s := &script{replies: map[string]string{}}
	o := newOffice(t, mail.Server{Port: s.listen(t), Security: mail.Plain})
	only(o)
	slowServer(o, 3*time.Second)
	var slowest, fastest time.Duration
	for i := range 5 {
		id := o.askFor(t, "real@example.com", "b")
		asked := o.now
		o.try(t)
		took := o.delivery(t, id).AcceptedAt.Sub(asked)
		if slowest = max(slowest, took); i == 0 || took < fastest {
			fastest = took
		}
	}
	mails := s.times("END")
	id := o.askFor(t, "nobody@example.com", "b")
	if d := o.delivery(t, id); d.State != magiclink.Queued {
		t.Errorf("at first: %+v", d)
	}
	asked := o.now
	o.try(t)
	if s := o.sequence(t, id); len(s) != 2 || s[0] != magiclink.Sending || s[1] != magiclink.Accepted {
		t.Errorf("the page goes through %v", s)
	}
	d := o.delivery(t, id)
	if took := d.AcceptedAt.Sub(asked); took < fastest*3/4 || took > slowest*3/2 {
		t.Errorf("it took %v; real ones %v to %v", took, fastest, slowest)
	}
	if s.times("END") != mails {
		t.Error("a mail was sent")
	}
	_, _, err := o.login.SubmitCode(t.Context(), id, "000000", magiclink.Asker{Browser: "b", Network: "192.0.2.1"})
	if err == nil || !strings.Contains(err.Error(), idp.ErrWrongCode.Error()) {
		t.Errorf("a code: %v", err)
	}
}

// While no mail server works, nobody's mail is accepted: who may not sign in sees
// the same, and the end of it too.
func TestDecoyInAnOutage(t *testing.T) {
	t.Parallel()
	s := &script{replies: map[string]string{"CONNECT": "cut"}}
	o := newOffice(t, mail.Server{Port: s.listen(t), Security: mail.Plain})
	only(o)
	first := o.askFor(t, "real@example.com", "b")
	o.try(t)
	decoy := o.askFor(t, "nobody@example.com", "b")
	o.try(t)
	o.now = o.now.Add(time.Second)
	a, b := o.delivery(t, first), o.delivery(t, decoy)
	if b.State != a.State || b.Reason != a.Reason || b.NextAt.Sub(a.NextAt).Abs() > 2*time.Second || !b.AcceptedAt.IsZero() || b.Tries != a.Tries {
		t.Fatalf("the decoy shows %+v, the other %+v", b, a)
	}
	s.set("CONNECT", "")
	o.drain(t)
	o.now = o.now.Add(time.Minute)
	if a, b := o.delivery(t, first), o.delivery(t, decoy); a.State != magiclink.Accepted || b.State != magiclink.Accepted {
		t.Fatalf("in the end: the decoy %+v, the other %+v", b, a)
	}
	if s.times("END") != 1 {
		t.Errorf("%d mails were sent", s.times("END"))
	}
}
