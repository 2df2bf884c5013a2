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
}

// Has reports whether the owner of a canonical address belongs to them.
func (m Members) Has(email string) bool {
	_, domain, _ := strings.Cut(email, "@")
	return slices.Contains(m.Emails, email) || slices.Contains(m.Domains, domain)
}

// Admits reports whether the person may sign in to the client.
func (c *Client) Admits(u *User) bool { return c.Allow == nil || c.Allow.Has(u.Email) }

// GroupsOf names the groups of the person that the client may know of, sorted;
// empty but not nil if there are none.
func (c *Client) GroupsOf(u *User) []string {
	out := []string{}
	for name, members := range c.Groups {
		if members.Has(u.Email) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
