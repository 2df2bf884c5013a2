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
}

// SpentError is ErrUsed, and says which of several texts it is about.
type SpentError struct{ Which secret.Hash }

func (e *SpentError) Error() string { return "spent: " + ErrUsed.Error() }

// Unwrap makes it ErrUsed.
func (e *SpentError) Unwrap() error { return ErrUsed }
