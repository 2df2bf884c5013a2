package idp

import "time"

// Account is a user as an administrator sees them.
type Account struct {
	User
	LastLoginAt time.Time
}

// AccountQuery says which accounts are listed, in the order of their addresses.
type AccountQuery struct {
	Search   string // part of the address or name; "" for all
	Disabled bool   // only those that are disabled
	After    string // the address behind which the page begins
	Limit    int    // 0 means 100
}

// Where stored clients come from.
const (
	SourceConfig  = "config"  // the configuration declares it
	SourceDynamic = "dynamic" // it registered itself
)

// ClientRecord is a client as it is stored, in use or not.
type ClientRecord struct {
	Client
	Source     string // SourceConfig, or SourceDynamic
	CreatedAt  time.Time
	UpdatedAt  time.Time
	DisabledAt time.Time // zero: in use
}
