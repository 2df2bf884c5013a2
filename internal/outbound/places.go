package outbound

import (
	"net/url"
	"sync"
)

// Places bounds how many requests are under way at once, and how many of them to
// one host, so that a server that answers slowly does not take them all. It is safe
// for concurrent use.
type Places struct {
	all, each int

	mu    sync.Mutex
	taken int
	hosts map[string]int // with requests under way
}

// NewPlaces makes places for all requests, of which one host gets each at most.
func NewPlaces(all, each int) *Places {
	return &Places{all: all, each: each, hosts: map[string]int{}}
}

// Take takes a place for a request to the address, and never waits: free is false if
// there is none. The caller gives it back by release, once.
func (p *Places) Take(address string) (release func(), free bool) {
	host := address
	if u, err := url.Parse(address); err == nil {
		host = u.Hostname()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken >= p.all || p.hosts[host] >= p.each {
		return nil, false
	}
	p.taken++
	p.hosts[host]++
	return func() { p.release(host) }, true
}

func (p *Places) release(host string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken--
	if p.hosts[host]--; p.hosts[host] == 0 {
		delete(p.hosts, host)
	}
}
