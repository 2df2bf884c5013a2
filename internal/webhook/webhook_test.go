package webhook_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"idp/internal/secret"
	"idp/internal/webhook"
)

var key = secret.TokenOf("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

// The example of the specification's own documentation.
func TestKnownSignature(t *testing.T) {
	t.Parallel()
	h := http.Header{}
	webhook.Sign(h, key, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if got := h.Get(webhook.HeaderSignature); got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("%s", got)
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	now, body := time.Unix(1_800_000_000, 0), []byte("hello")
	signed := func(change func(http.Header)) http.Header {
		h := http.Header{}
		webhook.Sign(h, key, "m1", now, body)
		change(h)
		return h
	}
	for name, c := range map[string]struct {
		h    http.Header
		key  secret.Token
		now  time.Time
		body string
		good bool
	}{
		"good":           {signed(func(http.Header) {}), key, now.Add(4 * time.Minute), "hello", true},
		"ahead":          {signed(func(http.Header) {}), key, now.Add(-4 * time.Minute), "hello", true},
		"two signatures": {signed(func(h http.Header) { h.Set(webhook.HeaderSignature, "v1,AAAA "+h.Get(webhook.HeaderSignature)) }), key, now, "hello", true},
		"old":            {signed(func(http.Header) {}), key, now.Add(6 * time.Minute), "hello", false},
		"from tomorrow":  {signed(func(http.Header) {}), key, now.Add(-6 * time.Minute), "hello", false},
		"another body":   {signed(func(http.Header) {}), key, now, "hullo", false},
		"another key":    {signed(func(http.Header) {}), secret.TokenOf("another"), now, "hello", false},
		"no key":         {signed(func(http.Header) {}), secret.Token{}, now, "hello", false},
		"another id":     {signed(func(h http.Header) { h.Set(webhook.HeaderID, "m2") }), key, now, "hello", false},
		"another time":   {signed(func(h http.Header) { h.Set(webhook.HeaderTimestamp, "1800000001") }), key, now, "hello", false},
		"no signature":   {signed(func(h http.Header) { h.Del(webhook.HeaderSignature) }), key, now, "hello", false},
		"no version":     {signed(func(h http.Header) { h.Set(webhook.HeaderSignature, h.Get(webhook.HeaderSignature)[3:]) }), key, now, "hello", false},
		"nothing":        {http.Header{}, key, now, "hello", false},
	} {
		err := webhook.Verify(c.h, c.key, c.now, []byte(c.body))
		if c.good != (err == nil) || err != nil && !errors.Is(err, webhook.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
