package login

import (
	"strings"
	"testing"
	"time"

	"idp/internal/magiclink"
	"idp/internal/words"
)

// What the page says of each fate of a mail: the truth, when, and what to do.
func TestDeliveryInWords(t *testing.T) {
	t.Parallel()
	catalogue, err := words.Load(words.Options{})
	if err != nil {
		t.Fatal(err)
	}
	in := catalogue.Words("", "en")
	now := time.Date(2026, 5, 6, 14, 31, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		d    magiclink.Delivery
		at   time.Time
		want []string
	}{
		"queued":      {magiclink.Delivery{State: magiclink.Queued}, time.Time{}, []string{"Sending"}},
		"sending":     {magiclink.Delivery{State: magiclink.Sending}, time.Time{}, []string{"Sending"}},
		"accepted":    {magiclink.Delivery{State: magiclink.Accepted, AcceptedAt: now}, now, []string{"took the mail at", "in moments"}},
		"late":        {magiclink.Delivery{State: magiclink.Accepted, AcceptedAt: now, Reason: magiclink.Delayed}, now, []string{"does not take it yet", "another address"}},
		"busy":        {magiclink.Delivery{State: magiclink.Deferred, Reason: magiclink.Busy, NextAt: now.Add(time.Minute)}, now.Add(time.Minute), []string{"asks us to wait", "We try again at"}},
		"unreachable": {magiclink.Delivery{State: magiclink.Deferred, Reason: magiclink.Unreachable, NextAt: now.Add(time.Minute)}, now.Add(time.Minute), []string{"the mail server is not taking", "We try again at"}},
		"full, later": {magiclink.Delivery{State: magiclink.Deferred, Reason: magiclink.MailboxFull, NextAt: now}, time.Time{}, []string{"full", "trying again now"}},
		"unknown":     {magiclink.Delivery{State: magiclink.Refused, Reason: magiclink.NoMailbox, RefusedAt: now}, time.Time{}, []string{"no mailbox", "Check the address"}},
		"full":        {magiclink.Delivery{State: magiclink.Refused, Reason: magiclink.MailboxFull, RefusedAt: now}, time.Time{}, []string{"full", "send the mail again"}},
		"policy":      {magiclink.Delivery{State: magiclink.Refused, Reason: magiclink.Policy, RefusedAt: now}, time.Time{}, []string{"does not want", "another address"}},
		"no reason":   {magiclink.Delivery{State: magiclink.Refused, RefusedAt: now}, time.Time{}, []string{"refused", "another"}},
		"marked": {magiclink.Delivery{State: magiclink.Refused, Reason: magiclink.NoMailbox, RefusedAt: now.Add(-48 * time.Hour)}, now.Add(-48 * time.Hour),
			[]string{"refused our last mail, of 14:31", "once a day"}},
	} {
		v := delivery(&magiclink.Status{Delivery: c.d, Challenge: magiclink.Challenge{CreatedAt: now.Add(-time.Minute)}}, now)
		if v.State != string(c.d.State) || !v.At.Equal(c.at) {
			t.Errorf("%s: %+v", name, v)
		}
		text := v.Text
		if !v.At.IsZero() {
			text = text.With("time", "14:31")
		}
		said, err := in.Text(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range c.want {
			if !strings.Contains(said, w) {
				t.Errorf("%s: it does not say %q: %s", name, w, said)
			}
		}
	}
}
