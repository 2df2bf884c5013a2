package magiclink

import (
	"strings"
	"testing"
	"time"

	"idp/internal/secret"
)

// Another configuration in the same process forgets nothing of what somebody
// guessed or asked for.
func TestSucceed(t *testing.T) {
	t.Parallel()
	keys, err := secret.NewKeyring(secret.TokenOf(strings.Repeat("k", 40)))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	service := func(change func(*Settings)) *Service {
		s := Defaults()
		s.Limits.LongCodesAbove = Rate{2, time.Hour}
		change(&s)
		return NewService(nil, keys, s, func() time.Time { return now }, nil)
	}
	old := service(func(*Settings) {})
	old.meters.wrong.add(3, now)
	old.meters.sends.add(7, now)
	if !old.longCodes(now) {
		t.Fatal("codes are short after three wrong ones")
	}
	for name, c := range map[string]struct {
		change      func(*Settings)
		wrong, sent int
	}{
		"nothing":         {func(*Settings) {}, 3, 7},
		"another number":  {func(s *Settings) { s.Limits.SendUnknown.Max++ }, 3, 7},
		"other windows":   {func(s *Settings) { s.Limits.SendPerInstance = []Rate{{5, time.Minute}} }, 3, 0},
		"another quarter": {func(s *Settings) { s.Limits.LongCodesAbove.Window = time.Minute }, 0, 7},
	} {
		next := service(c.change)
		next.Succeed(old)
		if wrong, sent := next.meters.wrong.sum(now), next.meters.sends.sum(now); wrong != c.wrong || sent != c.sent {
			t.Errorf("%s changed: %d wrong codes and %d mails are known, want %d and %d", name, wrong, sent, c.wrong, c.sent)
		}
		if !next.longCodes(now) {
			t.Errorf("%s changed: codes are short again", name)
		}
	}
}
