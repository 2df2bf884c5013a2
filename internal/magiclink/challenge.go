package magiclink

import (
	"time"

	"idp/internal/idp"
	"idp/internal/secret"
)

// State is where a challenge stands. Expiry is not a state: it is read from the
// clock, so no job has to run for it.
type State string

// The states of a challenge.
const (
	Pending  State = "pending"
	Locked   State = "locked" // no more codes; the link still works
	Approved State = "approved"
	// Cancelled from the mail: nothing of it works any more.
	Cancelled State = "cancelled"
)

// Method is how an address was proven. It becomes part of the session's amr.
type Method string

// The methods of a login by mail.
const (
	ByLink Method = "email_link"
	ByCode Method = "email_code"
)

// Challenge is one attempt of one browser to prove one address.
type Challenge struct {
	ID         string
	Flow       string // sealed authorization request; "" for the account page
	ClientID   string // "" for the account page
	Email      string // canonical
	EmailTyped string // as typed, for showing
	Browser    secret.Hash
	IP         string
	UserAgent  string
	Locale     string
	Number     string // two digits on screen, in the mail and on the link page; "" for a native one
	State      State
	Failures   int // wrong codes, pooled over all mails of the challenge
	Sends      int
	Unwelcome  bool      // no mail goes out: the policy for sign-ups refuses; not stored, and not for the person
	NextSendAt time.Time // when another mail may be asked for
	CreatedAt  time.Time
	ExpiresAt  time.Time
	LinkUsedAt time.Time // by whatever browser
	ApprovedAt time.Time
	ApprovedBy Method
	SessionID  string // that the approval made
	KnownAs    string // the mark of a known browser that its mails were counted by; "" if it had none
}

// Expired reports whether the challenge's time is over.
func (c *Challenge) Expired(now time.Time) bool { return !now.Before(c.ExpiresAt) }

// Secret is the stored side of one mail: nothing in it logs anybody in.
type Secret struct {
	ID          string
	ChallengeID string
	LinkHash    secret.Hash
	CodeMAC     string
	Failures    int // wrong codes since it was minted
	MintedAt    time.Time
	ExpiresAt   time.Time
}

// Delivery is what is known about a challenge's newest mail.
type Delivery struct {
	State      DeliveryState
	Tries      int
	NextAt     time.Time // of the next try while deferred
	AcceptedAt time.Time
	RefusedAt  time.Time // when the mailbox refused; before the mail was asked for if it refused an earlier one
	Reason     Reason    // why it waits or was refused
	Server     string    // the provider that had the last word
	Reply      string    // of the server, cleaned; "" if there was none
	// Unsent is the secret of a try that certainly reached nobody: it must not
	// take the place of one that did among the codes that are alive.
	Unsent string
}

// Fate is what became of one try of a letter.
type Fate struct {
	LetterID string
	Try      int
	Delivery Delivery
}

// Reason is why a mail waits or was refused, in a word.
type Reason string

// The reasons.
const (
	NoMailbox   Reason = "no_mailbox"   // nobody has this address
	MailboxFull Reason = "mailbox_full" // for now
	Policy      Reason = "policy"       // somebody on the way does not want our mails
	Busy        Reason = "busy"         // the server wants to be asked again
	Unreachable Reason = "unreachable"  // no server of ours works
	Delayed     Reason = "delayed"      // accepted by ours, but the recipient's does not take it yet
)

// DeliveryState is where a mail stands.
type DeliveryState string

// The states of a mail.
const (
	Queued   DeliveryState = "queued"
	Sending  DeliveryState = "sending"
	Accepted DeliveryState = "accepted" // by the mail server, for delivery
	Deferred DeliveryState = "deferred" // a later try may succeed
	Refused  DeliveryState = "refused"  // for good
	Skipped  DeliveryState = "skipped"  // the address may not sign in; nothing is sent
)

// Letter is one mail to send for a challenge. It holds no secret: link and code
// are minted when it goes out.
type Letter struct {
	ID          string
	Template    Template
	ChallengeID string
	Recipient   string // canonical address
	Locale      string
	ClientID    string
	Number      string
	UserAgent   string
	AskedAt     time.Time
	ExpiresAt   time.Time // of the challenge: later it is not worth sending
}

// Approval is the result of a proven address: whose, and the session it made.
type Approval struct {
	Challenge Challenge
	User      idp.User
	Session   idp.Session
	// MarksFrom is the age that marks of known browsers may have: see Remember.
	MarksFrom time.Time
}

// Claim is a letter that a mail worker has taken, with the secrets minted for
// this try of it.
type Claim struct {
	Letter Letter
	Tries  int // this one included
	Minted Minted
	// Last is the provider that had the last letter of the challenge; "" if there
	// was none. This one goes by the next.
	Last    string
	TakenAt time.Time
}

// Take is what somebody who takes a letter out of the queue brings along.
type Take struct {
	// Lease is how long the letter stays taken if its taker is never heard of
	// again.
	Lease time.Duration
	// Mint makes the secrets of this try.
	Mint func(challengeID string, now time.Time) Minted
	// MayReceive reports whether mail to a recipient may go out; known says that
	// they signed in before.
	MayReceive func(email, clientID string, known bool) bool
	// Imitate says what would have become of a letter that may not go out:
	// accepted or deferred, and from AcceptedAt on that is what the pages show. nil
	// if it would have been accepted at once.
	Imitate func(tries int, now time.Time) Delivery
}

// Pretend is Imitate with its nil.
func (t *Take) Pretend(tries int, now time.Time) Delivery {
	if t.Imitate == nil {
		return Delivery{State: Skipped, AcceptedAt: now}
	}
	return t.Imitate(tries, now)
}
