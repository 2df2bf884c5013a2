package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"idp/bench/caller"
	"idp/bench/load"
)

// crowdSize is how many workers use refresh chains at once, and crowdTime how
// long.
const (
	crowdSize = 64
	crowdTime = 5 * time.Second
)

// crowds are who the chains belong to.
var crowds = []struct {
	name  string
	bound bool
	owner func(worker int) string
}{
	{"one person", false, func(int) string { return "crowd" }},
	{"many people", false, func(worker int) string { return fmt.Sprintf("crowd%d", worker) }},
	{"many people, bound", true, func(worker int) string { return fmt.Sprintf("bound%d", worker) }},
}

// gather signs in all chains of a crowd, one after the other.
func gather(p *caller.Provider, c caller.Client, mails caller.Mailbox, bound bool, owner func(int) string) ([]*caller.Chain, error) {
	chains := make([]*caller.Chain, crowdSize)
	for i := range chains {
		person, err := p.Person(owner(i), c, mails)
		if err != nil {
			return nil, err
		}
		if chains[i], err = person.Chain(bound); err != nil {
			return nil, fmt.Errorf("sign in chain %d: %w", i, err)
		}
	}
	return chains, nil
}

// crowd lets the product have many callers at once: what counts is that no
// operation fails and no chain is lost. It reports whether that is so.
func (s *stage) crowd(_ context.Context, out io.Writer) (bad bool, err error) {
	t := s.targets[product]
	running, err := t.kind.Start(t.place)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, running.Errors(), running.Stop()) }()
	p, err := caller.Meet(running.Issuer())
	if err != nil {
		return false, err
	}
	w := table(out)
	fmt.Fprintf(w, "\n%-32s\tops/s\terrors\tlost chains\t\t\n", fmt.Sprintf("%d refresh chains at once", crowdSize))
	for _, c := range crowds {
		chains, err := gather(p, running.Clients().ES256, s.mails, c.bound, c.owner)
		if err != nil {
			return false, err
		}
		end := time.Now().Add(crowdTime)
		o := load.Wear(chains, func(int) bool { return time.Now().Before(end) })
		fmt.Fprintf(w, "%-32s\t%.0f\t%d\t%d\t%s\t\n", c.name, float64(o.Operations)/o.Elapsed.Seconds(), len(o.Errors), o.Lost,
			verdict(len(o.Errors) == 0 && o.Lost == 0, &bad))
		if len(o.Errors) > 0 {
			fmt.Fprintf(w, "\t%v\n", o.Errors[0])
		}
	}
	return bad, w.Flush()
}
