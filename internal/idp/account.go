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

// ClientRecord is a client as it is stored, in use or not.
type ClientRecord struct {
	Client
	Source     string // config, or dynamic for one that registered itself
	CreatedAt  time.Time
	UpdatedAt  time.Time
	DisabledAt time.Time // zero: in use
}
