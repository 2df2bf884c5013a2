package idp

import (
	"time"

	"idp/internal/secret"
)

// Once is a text that may be used one time: the hash to record and when the
// record may be forgotten.
type Once struct {
	Hash    secret.Hash
	Expires time.Time
	// Earliest is when it can have been made at the earliest, by whatever clock; zero
	// if nobody knows. A restore epoch since then makes it worthless, because the
	// restored database may have forgotten that it was used.
	Earliest time.Time
}

// onceLife is the longest that anything of unknown age may live.
const onceLife = time.Hour + time.Minute

// MadeSince is Earliest, or what follows from Expires.
func (o Once) MadeSince() time.Time {
	if o.Earliest.IsZero() {
		return o.Expires.Add(-onceLife)
	}
	return o.Earliest
}

// SpentError is ErrUsed, and says which of several texts it is about.
type SpentError struct{ Which secret.Hash }

func (e *SpentError) Error() string { return "spent: " + ErrUsed.Error() }

// Unwrap makes it ErrUsed.
func (e *SpentError) Unwrap() error { return ErrUsed }
