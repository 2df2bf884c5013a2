package audit

import "time"

// Query says which events are asked for. Empty fields ask for all.
type Query struct {
	Subject    string // a user's id
	AddressRef string // or, beside the subject, of an address that had no user
	Actor      string
	Client     string
	Name       string // a name, or its first part, such as login
	Result     string
	IP         string
	RequestID  string
	Since      time.Time
	Until      time.Time
	// After asks for those that were made after the event with this id, the oldest
	// first; Before for those made before it, the newest first, as without both.
	After, Before string
	Limit         int // 0 means 100
}

// Seen is an event with what is known of its subject now.
type Seen struct {
	Sealed
	Email string // of the subject; "" if there is none, or if they were deleted
}
