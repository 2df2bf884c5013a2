package testdns

import (
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
)

const (
	typeMX  = 15
	typeTXT = 16

	maxPacket = 512 // what is longer is asked for again by TCP (RFC 1035 §4.2.1)
)

// Zone is a DNS server of its own, over UDP and TCP on one port of loopback. What
// is not in it does not exist. It may be changed while it runs.
type Zone struct {
	Addr string // host and port

	mu      sync.Mutex
	records map[question][][]byte
	names   map[string]bool
	silent  map[string]bool
	tcp     int
}

// NewZone starts a server for a text of lines "name type value", with the types A,
// AAAA, MX ("10 mx.example.com", "0 ." for none) and TXT.
func NewZone(t *testing.T, text string) *Zone {
	t.Helper()
	udp, tcp := listen(t)
	t.Cleanup(func() { _, _ = udp.Close(), tcp.Close() })
	z := &Zone{Addr: udp.LocalAddr().String()}
	z.Set(text)
	go z.serveUDP(udp)
	go z.serveTCP(tcp)
	return z
}

// listen finds a port that is free for both.
func listen(t *testing.T) (net.PacketConn, net.Listener) {
	t.Helper()
	for range 100 {
		udp, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if tcp, err := net.Listen("tcp", udp.LocalAddr().String()); err == nil {
			return udp, tcp
		}
		_ = udp.Close()
	}
	t.Fatal("no port is free for UDP and TCP")
	return nil, nil
}

// Set replaces everything that is known.
func (z *Zone) Set(text string) {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.records, z.names, z.silent = map[question][][]byte{}, map[string]bool{}, map[string]bool{}
	for line := range strings.Lines(text) {
		parts := strings.SplitN(strings.TrimSpace(line), " ", 3)
		if len(parts) == 3 {
			kind, data := encode(parts[1], parts[2])
			q := question{parts[0], kind}
			z.records[q] = append(z.records[q], data)
			z.names[parts[0]] = true
		}
	}
}

// Refuse makes the server answer questions about a name with SERVFAIL.
func (z *Zone) Refuse(name string) {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.silent[name] = true
}

// OverTCP is how many questions came by TCP.
func (z *Zone) OverTCP() int {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.tcp
}

// encode makes the data of a record (RFC 1035 §3.3). It panics on what a test must
// not write.
func encode(kind, value string) (uint16, []byte) {
	switch kind {
	case "A":
		return typeA, netip.MustParseAddr(value).AsSlice()
	case "AAAA":
		return typeAAAA, netip.MustParseAddr(value).AsSlice()
	case "MX":
		preference, host, _ := strings.Cut(value, " ")
		return typeMX, append([]byte{0, byte(len(preference))}, labels(host)...)
	case "TXT":
		var out []byte
		for len(value) > 255 {
			out, value = append(append(out, 255), value[:255]...), value[255:]
		}
		return typeTXT, append(append(out, byte(len(value))), value...)
	}
	panic("testdns: no such type: " + kind)
}

func labels(name string) (out []byte) {
	for label := range strings.SplitSeq(strings.Trim(name, "."), ".") {
		if label != "" {
			out = append(append(out, byte(len(label))), label...)
		}
	}
	return append(out, 0)
}

func (z *Zone) serveUDP(c net.PacketConn) {
	buf := make([]byte, 1500)
	for {
		n, from, err := c.ReadFrom(buf)
		if err != nil {
			return
		}
		out := z.answer(buf[:n])
		if len(out) > maxPacket {
			out = out[:maxPacket]
			out[2] |= 2 // truncated
		}
		_, _ = c.WriteTo(out, from)
	}
}

func (z *Zone) serveTCP(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer func() { _ = c.Close() }()
			var size [2]byte
			for {
				if _, err := io.ReadFull(c, size[:]); err != nil {
					return
				}
				packet := make([]byte, binary.BigEndian.Uint16(size[:]))
				if _, err := io.ReadFull(c, packet); err != nil {
					return
				}
				z.mu.Lock()
				z.tcp++
				z.mu.Unlock()
				out := z.answer(packet)
				_, _ = c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(out))), out...))
			}
		}()
	}
}

func (z *Zone) answer(packet []byte) []byte {
	q, rest := ask(packet)
	z.mu.Lock()
	defer z.mu.Unlock()
	found := z.records[q]
	out := append([]byte{packet[0], packet[1], 0x85, 0x80, 0, 1, 0, byte(len(found)), 0, 0, 0, 0}, packet[12:len(packet)-len(rest)+5]...)
	switch {
	case z.silent[q.name]:
		out[3] |= 2 // SERVFAIL
	case !z.names[q.name]:
		out[3] |= 3 // NXDOMAIN
	}
	for _, data := range found {
		out = append(out, 0xc0, 12, byte(q.kind>>8), byte(q.kind), 0, 1, 0, 0, 0, 0)
		out = append(binary.BigEndian.AppendUint16(out, uint16(len(data))), data...)
	}
	return out
}

// ask reads the question of a packet; rest begins with its name's last byte.
func ask(packet []byte) (q question, rest []byte) {
	rest = packet[12:]
	var parts []string
	for rest[0] != 0 {
		parts = append(parts, string(rest[1:1+rest[0]]))
		rest = rest[1+rest[0]:]
	}
	return question{strings.ToLower(strings.Join(parts, ".")), binary.BigEndian.Uint16(rest[1:])}, rest
}
