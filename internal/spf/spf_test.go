package spf_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"

	"idp/internal/spf"
	"idp/internal/testdns"
)

func newResolver(z *testdns.Zone) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, z.Addr)
	}}
}

const zone = `
simple.test TXT v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all
other.test TXT some other text
two.test TXT v=spf1 -all
two.test TXT v=spf1 ~all
names.test TXT v=spf1 a a:www.names.test/24 mx ~all
names.test A 198.51.100.1
www.names.test A 203.0.113.9
names.test MX 10 mx1.names.test
mx1.names.test A 198.51.100.30
mx1.names.test AAAA 2001:db8:1::30
includes.test TXT v=spf1 include:simple.test ?all
minus.test TXT v=spf1 -include:simple.test +all
redirects.test TXT v=spf1 redirect=simple.test
lost.test TXT v=spf1 redirect=other.test
lostinclude.test TXT v=spf1 include:other.test -all
loop.test TXT v=spf1 include:loop.test -all
broken.test TXT v=spf1 ipv4:192.0.2.1 -all
badnet.test TXT v=spf1 ip4:2001:db8::1 -all
badmask.test TXT v=spf1 a/99 -all
macro.test TXT v=spf1 exists:%{i}.list.test -all
open.test TXT V=SPF1 +all
silent.test TXT v=spf1 include:down.test -all
none.test TXT v=spf1
upper.test TXT v=spf1 IP4:192.0.2.7 exp=why.test foo=bar -ALL
`

func TestEval(t *testing.T) {
	many := "many.test TXT v=spf1"
	for i := range 11 {
		many += fmt.Sprintf(" include:i%d.test", i)
		many = fmt.Sprintf("i%d.test TXT v=spf1 ?all\n", i) + many
	}
	long := "long.test TXT v=spf1" + strings.Repeat(" ip4:198.51.100.200", 60) + " ip4:192.0.2.1 -all"
	z := testdns.NewZone(t, zone+many+" -all\n"+long+"\n")
	z.Refuse("down.test")
	r := newResolver(z)
	for _, c := range []struct {
		domain, addr string
		want         spf.Result
		lookups      int
	}{
		{"simple.test", "192.0.2.9", spf.Pass, 0},
		{"simple.test", "::ffff:192.0.2.9", spf.Pass, 0},
		{"simple.test", "2001:db8::1", spf.Pass, 0},
		{"simple.test", "198.51.100.9", spf.Fail, 0},
		{"other.test", "192.0.2.9", spf.None, 0},
		{"nowhere.test", "192.0.2.9", spf.None, 0},
		{"two.test", "192.0.2.9", spf.PermError, 0},
		{"names.test", "198.51.100.1", spf.Pass, 1},
		{"names.test", "203.0.113.77", spf.Pass, 2},
		{"names.test", "198.51.100.30", spf.Pass, 3},
		{"names.test", "2001:db8:1::30", spf.Pass, 3},
		{"names.test", "192.0.2.9", spf.SoftFail, 3},
		{"includes.test", "192.0.2.9", spf.Pass, 1},
		{"includes.test", "198.51.100.9", spf.Neutral, 1},
		{"minus.test", "192.0.2.9", spf.Fail, 1},
		{"minus.test", "198.51.100.9", spf.Pass, 1},
		{"redirects.test", "192.0.2.9", spf.Pass, 1},
		{"redirects.test", "198.51.100.9", spf.Fail, 1},
		{"lost.test", "192.0.2.9", spf.PermError, 1},
		{"lostinclude.test", "192.0.2.9", spf.PermError, 1},
		{"broken.test", "192.0.2.1", spf.PermError, 0},
		{"badnet.test", "192.0.2.1", spf.PermError, 0},
		{"badmask.test", "192.0.2.1", spf.PermError, 0},
		{"macro.test", "192.0.2.1", spf.Unknown, 1},
		{"macro.test", "", spf.Fail, 1},
		{"open.test", "", spf.Pass, 0},
		{"silent.test", "192.0.2.1", spf.TempError, 1},
		{"none.test", "192.0.2.1", spf.Neutral, 0},
		{"upper.test", "192.0.2.7", spf.Pass, 0},
		{"many.test", "192.0.2.1", spf.PermError, 11},
		{"many.test", "", spf.PermError, 11},
		{"long.test", "192.0.2.1", spf.Pass, 0},
	} {
		var addr netip.Addr
		if c.addr != "" {
			addr = netip.MustParseAddr(c.addr)
		}
		got := spf.Eval(t.Context(), r, c.domain, addr)
		if got.Result != c.want || got.Lookups != c.lookups {
			t.Errorf("%s for %q: %+v, want %s and %d look-ups", c.domain, c.addr, got, c.want, c.lookups)
		}
	}
	if got := spf.Eval(t.Context(), r, "loop.test", netip.MustParseAddr("192.0.2.1")); got.Result != spf.PermError || got.Lookups < spf.MaxLookups {
		t.Errorf("a record that includes itself: %+v", got)
	}
	if z.OverTCP() == 0 {
		t.Error("the long record did not come by TCP")
	}
}
