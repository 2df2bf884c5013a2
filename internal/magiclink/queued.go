package magiclink

import "time"

// QueuedLetter is a letter that is still to be sent, as an administrator sees it.
type QueuedLetter struct {
	Letter
	State  DeliveryState
	Tries  int
	NextAt time.Time // of the next try
	// What the last try met; "" before the first.
	Server, Reply string
	Reason        Reason
}
