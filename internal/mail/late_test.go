package mail_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"idp/internal/magiclink"
	"idp/internal/mail"
)

// soon is how long after it was asked for a letter is to be with its reader.
const soon = 30 * time.Second

// A letter has left thirty seconds after it was asked for, also if the mail server
// puts it off twice, and whoever measures hears how long each took.
func TestLettersLeaveSoon(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		command, reply string
		times          int // that the server answers so
		most           time.Duration
	}{
		"at once":            {"", "", 0, 2 * time.Second},
		"greylisted":         {"RCPT", "451 4.7.1 try again", 1, soon},
		"put off twice":      {"RCPT", "451 4.7.1 try again", 2, soon},
		"the line was cut":   {"END", "cut", 2, soon},
		"nobody was at home": {"CONNECT", "cut", 1, soon},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &script{replies: map[string]string{}}
			s.set(c.command, c.reply)
			o := newOffice(t, mail.Server{Port: s.listen(t), Security: mail.Plain})
			asked, heard := o.now, []time.Duration{}
			o.worker.Accepted = func(waited time.Duration) { heard = append(heard, waited) }
			id := o.ask(t)
			for left := c.times; left > 0; left-- {
				d := o.delivery(t, id)
				if d.State != magiclink.Deferred {
					t.Fatalf("%+v", d)
				}
				if left == 1 {
					s.set(c.command, "")
				}
				o.now = d.NextAt
				o.try(t)
			}
			d := o.delivery(t, id)
			if took := d.AcceptedAt.Sub(asked); d.State != magiclink.Accepted || took > c.most {
				t.Fatalf("after %v: %+v", took, d)
			}
			if len(heard) != 1 || heard[0] != d.AcceptedAt.Sub(asked) {
				t.Errorf("heard of %v", heard)
			}
		})
	}
}

// With a worker that runs, nothing but the mail server takes time.
func TestLettersWaitForNobody(t *testing.T) {
	t.Parallel()
	s := &script{replies: map[string]string{}}
	o := newOffice(t, mail.Server{Port: s.listen(t), Security: mail.Plain})
	began := time.Now()
	o.worker.Now = func() time.Time { return o.now.Add(time.Since(began)) }
	waited := make(chan time.Duration, 20)
	o.worker.Accepted = func(d time.Duration) { waited <- d }
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { o.worker.Run(ctx); close(done) }()
	for i := range cap(waited) {
		o.askFor(t, fmt.Sprintf("ada%d@example.com", i), "b")
		o.worker.Wake()
	}
	for range cap(waited) {
		select {
		case d := <-waited:
			if d > soon/3 {
				t.Errorf("a letter waited for %v", d)
			}
		case <-time.After(soon):
			t.Fatal("a letter did not leave")
		}
	}
	stop()
	<-done
}
