package idp

import "time"

// The times of a device that waits (RFC 8628 §3.2).
const (
	DeviceTTL   = 10 * time.Minute
	DevicePause = 5 * time.Second // between two questions of the device
)

// DeviceState is how far a waiting device is.
type DeviceState string

// The states of a device. Waiting is left once, for one of the others.
const (
	DeviceWaiting  DeviceState = "waiting"
	DeviceApproved DeviceState = "approved"
	DeviceDenied   DeviceState = "denied"
)

// Device is a device that waits for a person to allow it, elsewhere (RFC 8628).
// GrantID is the primary key of the grant that its redemption inserts, which
// makes that insert the device code's single use.
type Device struct {
	ID        string
	GrantID   string
	ClientID  string
	Scopes    []string
	Resources []string
	IP        string // from where it asked
	UserAgent string
	State     DeviceState
	UserID    string // who allowed it
	SessionID string
	Hasty     bool // it asked again before its pause was over
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Waits reports whether a person can still decide.
func (d *Device) Waits(now time.Time) bool {
	return d.State == DeviceWaiting && now.Before(d.ExpiresAt)
}
