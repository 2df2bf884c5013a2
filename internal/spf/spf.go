package spf

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// Result is what a record says of an address (RFC 7208 §2.6).
type Result string

// The results. Unknown is none of the RFC's: a macro, which this package does not
// expand, would decide.
const (
	None      Result = "none"
	Pass      Result = "pass"
	Fail      Result = "fail"
	SoftFail  Result = "softfail"
	Neutral   Result = "neutral"
	TempError Result = "temperror"
	PermError Result = "permerror"
	Unknown   Result = "unknown"
)

// MaxLookups is how many terms of a record may ask the DNS, those of included
// records counted (RFC 7208 §4.6.4).
const MaxLookups = 10

// stopAt ends an evaluation that is far beyond what any receiver follows.
const stopAt = 5 * MaxLookups

// Resolver asks the DNS. A name or record that does not exist is a *net.DNSError
// with IsNotFound.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Answer is what the record of a domain comes to.
type Answer struct {
	Result  Result
	Record  string // of the domain itself; "" if there is none
	By      string // the term that decided
	Lookups int
	Reason  string // why it is an error
}

// Eval evaluates the record of a domain for an address. Lookups goes on counting
// beyond MaxLookups, where receivers stop, so that its reader sees how far it is.
func Eval(ctx context.Context, r Resolver, domain string, addr netip.Addr) Answer {
	e := &evaluation{resolver: r, addr: addr.Unmap()}
	a := e.domain(ctx, domain)
	a.Lookups = e.lookups
	if e.lookups > MaxLookups && a.Result != TempError {
		a.Result, a.Reason = PermError, fmt.Sprintf("it takes %d look-ups, and receivers stop at %d", e.lookups, MaxLookups)
	}
	return a
}

type evaluation struct {
	resolver Resolver
	addr     netip.Addr
	lookups  int
}

func missing(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}

func (e *evaluation) domain(ctx context.Context, domain string) Answer {
	record, a := e.record(ctx, domain)
	if record == "" {
		return a
	}
	terms, err := parse(record)
	if err != nil {
		return Answer{Result: PermError, Record: record, Reason: err.Error()}
	}
	for _, t := range terms {
		if t.name == "redirect" {
			return e.redirect(ctx, record, t)
		}
		result, reason := e.match(ctx, t, domain)
		if result != "" {
			return Answer{Result: result, Record: record, By: t.text, Reason: reason}
		}
	}
	return Answer{Result: Neutral, Record: record}
}

func (e *evaluation) record(ctx context.Context, domain string) (string, Answer) {
	texts, err := e.resolver.LookupTXT(ctx, domain)
	if err != nil && !missing(err) {
		return "", Answer{Result: TempError, Reason: fmt.Sprintf("the DNS does not answer for %s", domain)}
	}
	var found []string
	for _, txt := range texts {
		if isRecord(txt) {
			found = append(found, txt)
		}
	}
	switch len(found) {
	case 0:
		return "", Answer{Result: None}
	case 1:
		return found[0], Answer{}
	default:
		return "", Answer{Result: PermError, Record: strings.Join(found, " | "), Reason: fmt.Sprintf("%s has %d records; only one is allowed", domain, len(found))}
	}
}

func (e *evaluation) redirect(ctx context.Context, record string, t term) Answer {
	if !e.count(t) {
		return Answer{Result: Unknown, Record: record, By: t.text}
	}
	a := e.domain(ctx, t.domain)
	a.Record, a.By = record, strings.TrimSpace(t.text+" "+a.By)
	if a.Result == None {
		a.Result, a.Reason = PermError, t.domain+" has no record"
	}
	return a
}

// count reports whether a term that asks the DNS may be followed.
func (e *evaluation) count(t term) bool {
	e.lookups++
	return e.lookups <= stopAt && !strings.Contains(t.domain, "%")
}

// match gives the result that a term decides on; "" if it does not fit.
func (e *evaluation) match(ctx context.Context, t term, domain string) (Result, string) {
	switch t.name {
	case "all":
		return t.qualifier, ""
	case "ip4", "ip6":
		if e.addr.IsValid() && t.network.Contains(e.addr) {
			return t.qualifier, ""
		}
		return "", ""
	}
	if !e.count(t) || t.name == "exists" || t.name == "ptr" {
		if e.addr.IsValid() {
			return Unknown, t.text + " cannot be judged from here"
		}
		return "", ""
	}
	if t.domain == "" {
		t.domain = domain
	}
	if t.name == "include" {
		return e.include(ctx, t)
	}
	addrs, err := e.addresses(ctx, t)
	if err != nil {
		return TempError, fmt.Sprintf("the DNS does not answer for %s", t.domain)
	}
	for _, a := range addrs {
		bits := t.bits6
		if a = a.Unmap(); a.Is4() {
			bits = t.bits4
		}
		if n, err := a.Prefix(bits); err == nil && e.addr.IsValid() && n.Contains(e.addr) {
			return t.qualifier, ""
		}
	}
	return "", ""
}

// include says what an included record means for the one that includes it (RFC
// 7208 §5.2).
func (e *evaluation) include(ctx context.Context, t term) (Result, string) {
	switch a := e.domain(ctx, t.domain); a.Result {
	case Pass:
		return t.qualifier, ""
	case None:
		return PermError, t.domain + " has no record"
	case TempError, PermError, Unknown:
		return a.Result, a.Reason
	default:
		return "", ""
	}
}

// addresses are those of a name, or of its mail servers.
func (e *evaluation) addresses(ctx context.Context, t term) ([]netip.Addr, error) {
	hosts := []string{t.domain}
	if t.name == "mx" {
		servers, err := e.resolver.LookupMX(ctx, t.domain)
		if err != nil && !missing(err) {
			return nil, err
		}
		hosts = nil
		for _, s := range servers[:min(len(servers), MaxLookups)] {
			hosts = append(hosts, s.Host)
		}
	}
	var all []netip.Addr
	for _, host := range hosts {
		addrs, err := e.resolver.LookupNetIP(ctx, "ip", host)
		if err != nil && !missing(err) {
			return nil, err
		}
		all = append(all, addrs...)
	}
	return all, nil
}
