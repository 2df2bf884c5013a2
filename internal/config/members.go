package config

import (
	"fmt"
	"slices"
	"time"

	"idp/internal/idp"
	"idp/internal/pattern"
)

// Members are the people of a group.
type Members struct {
	Emails  []string `yaml:"emails"`
	Domains []string `yaml:"domains"`
}

// Allow says who may sign in to a client.
type Allow struct {
	Emails  []string `yaml:"emails"`
	Domains []string `yaml:"domains"`
	Groups  []string `yaml:"groups"`
}

var groupShape = pattern.Lazy(`^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$`)

func (v *validator) checkGroups() {
	for name, m := range v.config.Groups {
		if !groupShape().MatchString(name) {
			v.fail("groups."+name, "must be named with 1 to 100 letters, digits and . _ : / -")
		}
		v.people("groups."+name, m.Emails, m.Domains)
	}
}

// emptyEntry is what is wrong with an empty address in a list of people.
const emptyEntry = "is empty: a person's address, such as ada@example.com"

// people checks addresses and domains and makes them canonical in place.
func (v *validator) people(path string, emails, domains []string) {
	for i := range emails {
		v.address(fmt.Sprintf("%s.emails[%d]", path, i), &emails[i], emptyEntry)
	}
	for i := range domains {
		v.domain(fmt.Sprintf("%s.domains[%d]", path, i), &domains[i])
	}
}

func (v *validator) checkAllow(c *Client, at func(string) string) {
	v.clientSpan(at("max_session_age"), c.MaxSessionAge, time.Minute, 400*day)
	if c.ForeignLinks != "" {
		v.foreignLinks(at("foreign_links"), c.ForeignLinks)
	}
	if c.Allow == nil {
		return
	}
	a := c.Allow
	v.people(at("allow"), a.Emails, a.Domains)
	for i, name := range a.Groups {
		if _, known := v.config.Groups[name]; !known {
			v.fail(fmt.Sprintf("%s[%d]", at("allow.groups"), i), "is no group: groups at the top level does not name it")
		}
	}
	switch {
	case len(a.Emails)+len(a.Domains)+len(a.Groups) == 0:
		v.fail(at("allow"), "names nobody; leave it out to let everybody in")
	case !c.aboutPeople():
		v.fail(at("allow"), "must not be set: nobody signs in to this client")
	}
}

// admit fills in who may sign in to a client and which groups it may know of. All
// of it stands in the client, so every process that knows the client knows it.
func (c *Config) admit(from *Client, to *idp.Client) {
	if slices.Contains(to.Scopes, "groups") && len(c.Groups) > 0 {
		to.Groups = make(map[string]idp.Members, len(c.Groups))
		for name, m := range c.Groups {
			to.Groups[name] = idp.Members{Emails: m.Emails, Domains: m.Domains}
		}
	}
	if from.Allow == nil {
		return
	}
	to.Allow = &idp.Members{Emails: slices.Clone(from.Allow.Emails), Domains: slices.Clone(from.Allow.Domains), Groups: slices.Clone(from.Allow.Groups)}
	for _, name := range from.Allow.Groups {
		to.Allow.Emails = append(to.Allow.Emails, c.Groups[name].Emails...)
		to.Allow.Domains = append(to.Allow.Domains, c.Groups[name].Domains...)
	}
}
