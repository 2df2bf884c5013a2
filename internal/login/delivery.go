package login

import (
	"time"

	"idp/internal/magiclink"
	"idp/internal/words"
)

// deliveryView says where the mail is. With At, the words have a place for that
// time. The page and its script show the same.
type deliveryView struct {
	State string
	Text  words.Phrase
	At    time.Time
}

func delivery(st *magiclink.Status, now time.Time) deliveryView {
	d := st.Delivery
	v := deliveryView{State: string(d.State), Text: words.Say("delivery.sending")}
	switch d.State {
	case magiclink.Accepted:
		v.Text, v.At = words.Say("delivery.accepted"), d.AcceptedAt
		if d.Reason == magiclink.Delayed {
			v.Text = words.Say("delivery.accepted_delayed")
		}
	case magiclink.Deferred:
		why := words.Say(delayKey(d.Reason))
		if d.NextAt.After(now) {
			v.Text, v.At = words.Say("delivery.again_at", "why", why), d.NextAt
		} else {
			v.Text = words.Say("delivery.again_now", "why", why)
		}
	case magiclink.Refused:
		v.Text = words.Say(refusalKey(d.Reason))
		if !d.RefusedAt.IsZero() && d.RefusedAt.Before(st.Challenge.CreatedAt) { // an earlier mail was; this one was not sent
			v.Text, v.At = words.Say("delivery.refused_before"), d.RefusedAt
		}
	}
	return v
}

// delayKey says why the mail is not on its way yet.
func delayKey(r magiclink.Reason) string {
	switch r {
	case magiclink.MailboxFull:
		return "delivery.why_full"
	case magiclink.Busy:
		return "delivery.why_busy"
	default:
		return "delivery.why_down"
	}
}

// refusalKey says why there will be no mail, and what helps.
func refusalKey(r magiclink.Reason) string {
	switch r {
	case magiclink.NoMailbox:
		return "delivery.refused_none"
	case magiclink.MailboxFull:
		return "delivery.refused_full"
	case magiclink.Policy:
		return "delivery.refused_policy"
	default:
		return "delivery.refused"
	}
}
