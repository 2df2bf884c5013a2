package nativeapi

import (
	"testing"
	"time"

	"idp/internal/magiclink"
)

// An application is told the state, the reason and the time that goes with it, and
// neither the provider nor the words of its server.
func TestWhere(t *testing.T) {
	t.Parallel()
	early, late := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		is   magiclink.Delivery
		want delivered
	}{
		{magiclink.Delivery{State: magiclink.Queued}, delivered{State: "queued"}},
		{magiclink.Delivery{State: magiclink.Accepted, AcceptedAt: early, NextAt: late, Server: "smtp", Reply: "queued as 1"}, delivered{"accepted", "", "2026-11-21T09:00:00Z"}},
		{magiclink.Delivery{State: magiclink.Accepted, Reason: magiclink.Delayed, AcceptedAt: early}, delivered{"accepted", "delayed", "2026-11-21T09:00:00Z"}},
		{magiclink.Delivery{State: magiclink.Deferred, Reason: magiclink.Busy, NextAt: late, Reply: "greylisted"}, delivered{"deferred", "busy", "2026-11-21T10:00:00Z"}},
		{magiclink.Delivery{State: magiclink.Refused, Reason: magiclink.NoMailbox, RefusedAt: early, NextAt: late}, delivered{"refused", "no_mailbox", "2026-11-21T09:00:00Z"}},
	} {
		if got := where(c.is); got != c.want {
			t.Errorf("%+v: %+v, want %+v", c.is, got, c.want)
		}
	}
}
