package magiclink

import "time"

// Bounce is what somebody's mail server reported about a letter after ours had
// taken it.
type Bounce struct {
	LetterID string // "" if the report does not name it
	Email    string // canonical
	Reason   Reason
	Status   string // RFC 3463; "" if there was none
	Delayed  bool   // not back, but late
	// Mark says that the mailbox refused for good: it gets one letter a day until
	// its owner signs in again.
	Mark bool
	// WrittenAt is when the letter was asked for: a later sign-in outweighs its
	// fate, however late the report is, and however often it comes.
	WrittenAt time.Time
	At        time.Time
}
