package idp

import "time"

// NoticeState is where a logout notice stands.
type NoticeState string

// The states of a logout notice, in their order.
const (
	NoticeQueued    NoticeState = "queued"
	NoticeSending   NoticeState = "sending"   // with a worker, until NextAt
	NoticeDeferred  NoticeState = "deferred"  // a try failed; the next is at NextAt
	NoticeDelivered NoticeState = "delivered" // the client said yes
	NoticeFailed    NoticeState = "failed"    // given up
)

// NoticeLife is how long the delivery of a notice is tried.
const NoticeLife = 24 * time.Hour

// LogoutNotice tells one client that one session has ended (OpenID Connect
// Back-Channel Logout §2.5). It is stored in the transaction that ends the
// session.
type LogoutNotice struct {
	ID        string
	ClientID  string
	UserID    string
	SessionID string
	CreatedAt time.Time
	ExpiresAt time.Time // no try begins after this, but the first
	NoticeFate
}

// NoticeFate is what became of a notice so far.
type NoticeFate struct {
	State       NoticeState
	Tries       int
	NextAt      time.Time
	DeliveredAt time.Time
	Reply       string // of the client or the network, in short
}

// noticePauses are those after the first, second, … failed try.
var noticePauses = []time.Duration{
	5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour,
}

// Failed returns the fate of a notice after a failed try: another one after a
// pause, or the end. spread, from 0 to 1, keeps the notices that failed together
// from being tried together.
func (n *LogoutNotice) Failed(reply string, spread float64, now time.Time) NoticeFate {
	pause := noticePauses[min(n.Tries, len(noticePauses))-1]
	pause += time.Duration(spread * float64(pause) / 4)
	f := NoticeFate{State: NoticeDeferred, Tries: n.Tries, NextAt: now.Add(pause), Reply: reply}
	if f.NextAt.After(n.ExpiresAt) {
		f.State, f.NextAt = NoticeFailed, time.Time{}
	}
	return f
}
