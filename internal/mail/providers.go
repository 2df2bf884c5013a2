package mail

import (
	"context"
	"slices"
	"time"

	"idp/internal/magiclink"
)

// Sender hands one message to one provider. Its error is a *Failure, or means
// that the provider could not be used. It is safe for concurrent use.
type Sender interface {
	Send(ctx context.Context, m *Message) error
	Close()
}

// Providers hands letters to the first of several providers that works.
type Providers struct {
	// Watch sees every try: it is called before one, with the provider's name, and
	// what it returns after it. Nil for nobody.
	Watch func(ctx context.Context, provider string) (context.Context, func(Outcome))

	now  func() time.Time
	list []*provider
}

// Outcome is what came of a try.
type Outcome string

// The outcomes.
const (
	Accepted Outcome = "accepted"
	Refused  Outcome = "refused" // this letter
	Deferred Outcome = "deferred"
	Failed   Outcome = "failed" // the provider could not be used
)

func outcomeOf(f *Failure) Outcome {
	switch f.Verdict {
	case Final, Unwanted:
		return Refused
	case Later:
		return Deferred
	}
	return Failed
}

type provider struct {
	name   string
	sender Sender
	breaker
}

// NewProviders makes an empty list.
func NewProviders(now func() time.Time) *Providers { return &Providers{now: now} }

// Add puts a provider at the end of the list. Names tell them apart in the log
// and in the outbox.
func (p *Providers) Add(name string, s Sender) {
	p.list = append(p.list, &provider{name: name, sender: s})
}

// Close ends what the providers keep open.
func (p *Providers) Close() {
	for _, each := range p.list {
		each.sender.Close()
	}
}

// enough is the time that must be left to begin with another provider: a letter
// whose lease runs out under way could arrive twice.
const enough = connectTimeout + envelopeTimeout

// Send hands over one message, by the provider behind the one that had the last
// letter, or by the first; then by the next one, at once, as long as a provider
// cannot be used or does not want the letter. It returns who had the last word.
func (p *Providers) Send(ctx context.Context, m *Message, last string) (name string, f *Failure) {
	for i, each := range p.from(last) {
		if i > 0 && !hasTime(ctx) {
			return name, &Failure{Verdict: Later, Reason: magiclink.Unreachable, Reply: f.Reply, cause: f.cause}
		}
		if !each.allows(p.now()) {
			f = worse(f, &Failure{Verdict: Elsewhere, Reason: magiclink.Unreachable, Reply: "rests after failures", untried: true})
			continue
		}
		name = each.name
		now := p.try(ctx, each, m)
		if now == nil {
			each.report(true, p.now())
			return name, nil
		}
		each.report(now.Verdict == Final || now.Verdict == Unwanted || now.Verdict == Later && now.Reason != magiclink.Unreachable, p.now())
		if now.Verdict == Final || now.Verdict == Later {
			return name, now
		}
		f = worse(f, now)
	}
	return name, f
}

// try is nil if the provider took the letter.
func (p *Providers) try(ctx context.Context, each *provider, m *Message) *Failure {
	over := func(Outcome) {}
	if p.Watch != nil {
		ctx, over = p.Watch(ctx, each.name)
	}
	err := each.sender.Send(ctx, m)
	if err == nil {
		over(Accepted)
		return nil
	}
	f := failed(err)
	over(outcomeOf(f))
	return f
}

// Names lists the providers in their order.
func (p *Providers) Names() (names []string) {
	for _, each := range p.list {
		names = append(names, each.name)
	}
	return names
}

// Resting are the names of those that get no letters now, because they failed.
func (p *Providers) Resting() (names []string) {
	for _, each := range p.list {
		if each.rest(p.now()) > 0 {
			names = append(names, each.name)
		}
	}
	return names
}

// worse is what is told of two failures: a provider that could not be used may
// take the letter later, whatever another one said.
func worse(f, now *Failure) *Failure {
	if f != nil && f.Verdict == Elsewhere {
		if f.untried && now.Verdict == Elsewhere {
			return now
		}
		return f
	}
	return now
}

func hasTime(ctx context.Context) bool {
	end, ok := ctx.Deadline()
	return !ok || time.Until(end) > enough
}

// from is the list in the order in which a letter tries it.
func (p *Providers) from(last string) []*provider {
	i := slices.IndexFunc(p.list, func(each *provider) bool { return each.name == last })
	if last == "" || i < 0 {
		return p.list
	}
	i = (i + 1) % len(p.list)
	return slices.Concat(p.list[i:], p.list[:i])
}

// rest is how long at least no provider may be tried.
func (p *Providers) rest() time.Duration {
	least := opensFor
	for _, each := range p.list {
		least = min(least, each.rest(p.now()))
	}
	return least
}
