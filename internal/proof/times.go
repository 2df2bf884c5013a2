package proof

import (
	"errors"
	"time"
)

// What clocks may differ by. FAPI 2.0 Security Profile §5.3.2.1 wants times up
// to 10 s in the future accepted and those past 60 s refused.
const skew = 30 * time.Second

// maxLife is how far ahead a text may end, and behind it may begin.
const maxLife = time.Hour

// times are the numeric dates of a JWT (RFC 7519 §4.1). They may have fractions.
type times struct {
	Expires   *float64 `json:"exp"`
	NotBefore *float64 `json:"nbf"`
	IssuedAt  *float64 `json:"iat"`
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// check wants an end within maxLife, and a beginning, where there is one, that
// has come.
func (t *times) check(now time.Time) error {
	switch {
	case t.Expires == nil:
		return errors.New("exp is missing")
	case *t.Expires <= seconds(now):
		return clockError("it has expired")
	case *t.Expires > seconds(now.Add(maxLife+skew)):
		return clockError("exp is more than an hour ahead")
	}
	return t.begun(now)
}

func (t *times) begun(now time.Time) error {
	switch latest := seconds(now.Add(skew)); {
	case t.NotBefore != nil && *t.NotBefore > latest:
		return clockError("nbf is in the future")
	case t.IssuedAt != nil && *t.IssuedAt > latest:
		return clockError("iat is in the future")
	case t.NotBefore != nil && *t.NotBefore < seconds(now.Add(-maxLife-skew)):
		return clockError("nbf is more than an hour ago")
	}
	return nil
}

// expires is the end, for whoever remembers the text until then.
func (t *times) expires() time.Time { return time.UnixMilli(int64(*t.Expires * 1000)) }

// earliest is when a text can have been made, if its maker's clock was ahead by as
// much as is forgiven; the zero time if it does not say.
func (t *times) earliest(ahead time.Duration) time.Time {
	if t.IssuedAt == nil {
		return time.Time{}
	}
	return time.UnixMilli(int64(*t.IssuedAt * 1000)).Add(-ahead)
}
