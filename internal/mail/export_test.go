package mail

import (
	"time"

	"idp/internal/magiclink"
)

// ComposeAnew composes a letter that the press might have printed.
func (c *Composer) ComposeAnew(claim *magiclink.Claim, now time.Time) (*Message, error) {
	return c.compose(claim, now, "boundary-of-its-own")
}
