package testdns

import (
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
)

// The types of questions (RFC 1035 §3.2.2, RFC 3596 §2.1).
const (
	typeA    = 1
	typeAAAA = 28
)

// names are what is known; nothing else exists.
var names = struct {
	sync.Mutex
	answers map[string][][]netip.Addr
	asked   map[question]int
}{answers: map[string][][]netip.Addr{}, asked: map[question]int{}}

type question struct {
	name string
	kind uint16
}

// Main runs the tests of a binary with this DNS; it is called by TestMain.
func Main(m *testing.M) int {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer func() { _ = conn.Close() }()
	go serve(conn)
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
	return m.Run()
}

// Leads says where a name leads. Each answer is one or more addresses, separated
// by spaces; the first is given to the first question, the last to all that remain.
func Leads(name string, answers ...string) {
	var all [][]netip.Addr
	for _, text := range answers {
		var addrs []netip.Addr
		for _, a := range strings.Fields(text) {
			addrs = append(addrs, netip.MustParseAddr(a))
		}
		all = append(all, addrs)
	}
	names.Lock()
	defer names.Unlock()
	names.answers[name] = all
}

// serve speaks just enough of RFC 1035: one question in a packet.
func serve(c net.PacketConn) {
	buf := make([]byte, 1500)
	for {
		n, from, err := c.ReadFrom(buf)
		if err != nil {
			return
		}
		rest := buf[12:n]
		var labels []string
		for rest[0] != 0 {
			labels = append(labels, string(rest[1:1+rest[0]]))
			rest = rest[1+rest[0]:]
		}
		q := question{strings.ToLower(strings.Join(labels, ".")), binary.BigEndian.Uint16(rest[1:])}
		asked := buf[12 : n-len(rest)+5]
		_, _ = c.WriteTo(answer(buf[:2], asked, q), from)
	}
}

// answer is the packet that answers a question with this id.
func answer(id, asked []byte, q question) []byte {
	addrs, known := look(q)
	out := append([]byte{id[0], id[1], 0x85, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, asked...)
	if !known {
		out[3] |= 3 // NXDOMAIN
	}
	for _, a := range addrs {
		if a.Is4() != (q.kind == typeA) || a.Is6() != (q.kind == typeAAAA) {
			continue
		}
		raw := a.AsSlice()
		out[7]++
		out = append(out, 0xc0, 12, 0, byte(q.kind), 0, 1, 0, 0, 0, 0, 0, byte(len(raw)))
		out = append(out, raw...)
	}
	return out
}

func look(q question) ([]netip.Addr, bool) {
	names.Lock()
	defer names.Unlock()
	all := names.answers[q.name]
	if all == nil {
		return nil, false
	}
	n := names.asked[q]
	names.asked[q]++
	return all[min(n, len(all)-1)], true
}
