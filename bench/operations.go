package main

import (
	"fmt"
	"slices"
	"strings"

	"idp/bench/caller"
	"idp/bench/target"
)

// setting is what an operation is prepared in: one target, one worker.
type setting struct {
	provider *caller.Provider
	clients  target.Clients
	mails    caller.Mailbox
	worker   string // a name that nobody else has
	group    group  // of the people who are in the tables already, those that no other worker takes
}

func (s setting) person(c caller.Client) (*caller.Person, error) {
	return s.provider.Person(s.worker, c, s.mails)
}

// operation is one thing that a provider does.
type operation struct {
	name    string
	goal    float64 // most processor time, as a multiple of the floor's; 0 for no goal
	prepare func(setting) (func() error, error)
}

// operations is the table of what is measured. The goals are the product's own.
var operations = []operation{
	{"discovery", 1.3, func(s setting) (func() error, error) { return s.provider.Discovery() }},
	{"jwks", 1.3, func(s setting) (func() error, error) { return s.provider.JWKS() }},
	{"userinfo", 1.3, asPerson(es256, (*caller.Person).Userinfo)},
	{"introspection", 1.3, asPerson(confidential, (*caller.Person).Introspect)},
	{"refresh", 1.7, asPerson(es256, (*caller.Person).Refresh)},
	{"refresh RS256", 1.7, asPerson(rs256, (*caller.Person).Refresh)},
	{"refresh, bound", 0, asPerson(es256, (*caller.Person).RefreshBound)},
	{"sso", 1.6, asPerson(es256, (*caller.Person).SSO)},
	{"sso RS256", 1.6, asPerson(rs256, (*caller.Person).SSO)},
	{"passwordless", 1.7, asPerson(es256, (*caller.Person).Passwordless)},
	{"mail login", 1.7, asPerson(es256, login(false))},
	{"push", 0, func(s setting) (func() error, error) { return s.provider.Push(s.clients.Confidential) }},
	{"client credentials", 0, func(s setting) (func() error, error) { return s.provider.Machine(s.clients.Machine) }},
	{"mail login, pages", 0, asPerson(es256, login(true))},
}

func es256(c target.Clients) caller.Client        { return c.ES256 }
func rs256(c target.Clients) caller.Client        { return c.RS256 }
func confidential(c target.Clients) caller.Client { return c.Confidential }

type prepare = func(*caller.Person) (func() error, error)

func asPerson(client func(target.Clients) caller.Client, what prepare) func(setting) (func() error, error) {
	return func(s setting) (func() error, error) {
		p, err := s.person(client(s.clients))
		if err != nil {
			return nil, err
		}
		return what(p)
	}
}

func login(pages bool) prepare {
	return func(p *caller.Person) (func() error, error) { return p.Login(pages) }
}

// amongMany is what is measured in tables of different size. The last one is by
// somebody else each time, whose rows nobody has touched for long.
var amongMany = append(slices.Clone(operations), operation{"mail login, anybody", 0, func(s setting) (func() error, error) {
	p, err := s.person(s.clients.ES256)
	if err != nil {
		return nil, err
	}
	return p.LoginAs(s.group.somebody)
}})

// chosen returns the operation of exactly this name, or all whose names contain
// it.
func chosen(from []operation, text string) []operation {
	var found []operation
	for _, op := range from {
		if op.name == text {
			return []operation{op}
		}
		if strings.Contains(op.name, text) {
			found = append(found, op)
		}
	}
	return found
}

func names(ops []operation) string {
	var list []string
	for _, op := range ops {
		list = append(list, fmt.Sprintf("%q", op.name))
	}
	return strings.Join(list, ", ")
}
