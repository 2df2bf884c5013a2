package login

import (
	"time"

	"idp/internal/magiclink"
)

// deliveryView says in words where the mail is: Text, or, with a time in the
// middle of the sentence, Text, At and Rest. The page and its script show the
// same.
type deliveryView struct {
	State, Text, Rest string
	At                time.Time
}

func delivery(st *magiclink.Status, now time.Time) deliveryView {
	d := st.Delivery
	v := deliveryView{State: string(d.State), Text: "Sending the mail…"}
	switch d.State {
	case magiclink.Accepted:
		v.Text, v.At, v.Rest = "The mail server took the mail at ", d.AcceptedAt, ". It should be with you in moments."
		if d.Reason == magiclink.Delayed {
			v.Rest = ", but the server of this address does not take it yet. It is tried again and again; you may also use another address."
		}
	case magiclink.Deferred:
		v.Text = delayText(d.Reason)
		if d.NextAt.After(now) {
			v.Text, v.At, v.Rest = v.Text+" We try again at ", d.NextAt, "."
		} else {
			v.Text += " We are trying again now."
		}
	case magiclink.Refused:
		v.Text = refusalText(d, st.Challenge.CreatedAt)
	}
	return v
}

// delayText says why the mail is not on its way yet.
func delayText(r magiclink.Reason) string {
	switch r {
	case magiclink.MailboxFull:
		return "Still sending: the mailbox is full. Make room in it, or use another address."
	case magiclink.Busy:
		return "Still sending: the mail server asks us to wait. Some do that with every first mail."
	default:
		return "Still sending: the mail server is not taking the mail yet."
	}
}

// refusalText says why there will be no mail, and what helps. A refusal from
// before the sign-in is that of an earlier mail.
func refusalText(d magiclink.Delivery, asked time.Time) string {
	if !d.RefusedAt.IsZero() && d.RefusedAt.Before(asked) {
		return "This mailbox refused our last mail, of " + d.RefusedAt.UTC().Format("2 January 2006") +
			", so this one was not sent. It is tried once a day. Use another address, or ask whoever runs this site to let the next mail through."
	}
	switch d.Reason {
	case magiclink.NoMailbox:
		return "The mail server refused the mail: there is no mailbox with this address. Check the address, or use another."
	case magiclink.MailboxFull:
		return "The mail server refused the mail: the mailbox is full. Make room in it and send the mail again, or use another address."
	case magiclink.Policy:
		return "The mail server refused the mail: it does not want mails from us. Send it again, which may go another way, or use another address."
	default:
		return "The mail server refused the mail for this address. Check the address, or use another."
	}
}
