package idp

import (
	"slices"
	"strings"
)

// Members says who belongs to something: whose canonical address is listed, or
// lies in a listed domain. Its zero value has nobody.
type Members struct {
	Emails  []string `json:"emails,omitempty"`
	Domains []string `json:"domains,omitempty"`
	// Groups are those that an administrator puts people into.
	Groups []string `json:"groups,omitempty"`
}

// HasUser reports whether the person belongs to them.
func (m Members) HasUser(u *User) bool {
	return m.Has(u.Email) || slices.ContainsFunc(m.Groups, func(g string) bool { return slices.Contains(u.Groups, g) })
}

// Has reports whether the owner of a canonical address belongs to them by that
// alone.
func (m Members) Has(email string) bool {
	_, domain, _ := strings.Cut(email, "@")
	return slices.Contains(m.Emails, email) || slices.Contains(m.Domains, domain)
}

// Admits reports whether the person may sign in to the client.
func (c *Client) Admits(u *User) bool { return c.Allow == nil || c.Allow.HasUser(u) }

// GroupsOf names the groups of the person, sorted: those of the configuration that
// the client may know of, and those that an administrator put them into. It is
// empty but not nil if there are none.
func (c *Client) GroupsOf(u *User) []string {
	out := []string{}
	for name, members := range c.Groups {
		if members.Has(u.Email) {
			out = append(out, name)
		}
	}
	out = append(out, u.Groups...)
	slices.Sort(out)
	return slices.Compact(out)
}
