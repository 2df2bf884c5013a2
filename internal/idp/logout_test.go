package idp_test

import (
	"testing"
	"time"

	"idp/internal/idp"
)

// A dead client is tried often at first, then hourly, and not after a day.
func TestNoticeIsGivenUp(t *testing.T) {
	made := time.UnixMilli(1_800_000_000_000)
	for _, spread := range []float64{0, 0.5, 1} {
		n := idp.LogoutNotice{CreatedAt: made, ExpiresAt: made.Add(idp.NoticeLife)}
		now, last := made, time.Duration(0)
		for n.State != idp.NoticeFailed {
			n.Tries++
			n.NoticeFate = n.Failed("refused", spread, now)
			if n.State == idp.NoticeFailed {
				break
			}
			pause := n.NextAt.Sub(now)
			if pause < last || pause > 75*time.Minute || n.NextAt.After(n.ExpiresAt) {
				t.Fatalf("try %d: a pause of %s after one of %s", n.Tries, pause, last)
			}
			now, last = n.NextAt, pause
		}
		if n.Tries < 20 || n.Tries > 40 || now.Before(made.Add(22*time.Hour)) || !n.NextAt.IsZero() || n.Reply != "refused" {
			t.Errorf("given up after %d tries and %s: %+v", n.Tries, now.Sub(made), n.NoticeFate)
		}
	}
}

func TestNoticeFirstPause(t *testing.T) {
	made := time.UnixMilli(1_800_000_000_000)
	n := idp.LogoutNotice{ExpiresAt: made.Add(idp.NoticeLife), NoticeFate: idp.NoticeFate{Tries: 1}}
	if f := n.Failed("x", 0, made); f.State != idp.NoticeDeferred || f.NextAt != made.Add(5*time.Second) || f.Tries != 1 {
		t.Errorf("%+v", f)
	}
	// A process that was down for days still tries once.
	if f := n.Failed("x", 0, made.Add(72*time.Hour)); f.State != idp.NoticeFailed {
		t.Errorf("%+v", f)
	}
}
