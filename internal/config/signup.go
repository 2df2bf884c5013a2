package config

import (
	"fmt"

	"idp/internal/magiclink"
)

// checkSignup checks a policy whose keys stand behind path.
func (v *validator) checkSignup(path string, s *Signup) {
	v.oneOf(path+"mode", s.Mode, "open", "invite", "allowlist", "closed")
	for i := range s.Addresses {
		v.address(fmt.Sprintf("%saddresses[%d]", path, i), &s.Addresses[i], emptyEntry)
	}
	for i := range s.Domains {
		v.domain(fmt.Sprintf("%sdomains[%d]", path, i), &s.Domains[i])
	}
	listed := len(s.Addresses)+len(s.Domains) > 0
	switch {
	case s.Mode == "allowlist" && !listed:
		v.fail(path+"mode", "is allowlist, but addresses and domains are empty")
	case s.Mode != "allowlist" && listed && path != "signup.":
		v.fail(path+"mode", "must be allowlist, because addresses or domains are listed")
	}
}

// checkClientSignup checks the policy that a client has of its own.
func (v *validator) checkClientSignup(c *Client, at func(string) string) {
	if c.Signup == nil {
		return
	}
	v.checkSignup(at("signup."), c.Signup)
	if !c.aboutPeople() {
		v.fail(at("signup"), "must not be set: nobody signs in to this client")
	}
}

// clientPolicies are the sign-up policies of the clients that have their own.
func (c *Config) clientPolicies() map[string]magiclink.Signup {
	out := map[string]magiclink.Signup{}
	for i := range c.Clients {
		if s := c.Clients[i].Signup; s != nil {
			out[c.Clients[i].ID] = s.policy()
		}
	}
	return out
}

// SignupFor is the policy that holds for people who come from a client.
func (c *Config) SignupFor(clientID string) magiclink.Signup {
	if own, has := c.clientPolicies()[clientID]; has {
		return own
	}
	return c.Signup.policy()
}

func (s *Signup) policy() magiclink.Signup {
	return magiclink.Signup{Mode: magiclink.SignupMode(s.Mode), Addresses: s.Addresses, Domains: s.Domains}
}
