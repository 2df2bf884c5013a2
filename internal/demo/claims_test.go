package demo

import (
	"encoding/json"
	"slices"
	"testing"
	"time"
)

func TestClaimRows(t *testing.T) {
	t.Parallel()
	var c claims
	raw := `{"zebra":{"a":[1]},"aud":["notes","other"],"exp":1763716620,"email_verified":true,
		"alpha":null,"sub":"u-1","auth_time":"yesterday","big":12345678901234567890}`
	if err := json.Unmarshal([]byte(raw), &c); err != nil {
		t.Fatal(err)
	}
	want := []row{
		{Name: "sub", Value: "u-1"},
		{Name: "email_verified", Value: "true"},
		{Name: "auth_time", Value: "yesterday"},
		{Name: "aud", Value: "notes, other"},
		{Name: "exp", Value: "1763716620", When: moment{"2025-11-21T09:17:00Z", "09:17:00 UTC", "in 17 minutes", false}},
		{Name: "alpha", Value: "null"},
		{Name: "big", Value: "12345678901234567890"},
		{Name: "zebra", Value: `{"a":[1]}`},
	}
	got := c.rows(time.Date(2025, 11, 21, 9, 0, 0, 0, time.UTC))
	for i := range got {
		if got[i].Meaning == "" {
			t.Errorf("%s has no meaning", got[i].Name)
		}
		got[i].Meaning = ""
	}
	if !slices.Equal(got, want) {
		t.Errorf("rows =\n%+v, want\n%+v", got, want)
	}
}

func TestRelativeTime(t *testing.T) {
	t.Parallel()
	tests := []struct {
		d    time.Duration
		want string
	}{
		{0, "now"},
		{-4 * time.Second, "now"},
		{5 * time.Second, "in 5 seconds"},
		{-89 * time.Second, "89 seconds ago"},
		{10*time.Minute - 200*time.Millisecond, "in 10 minutes"},
		{-100 * time.Minute, "2 hours ago"},
		{30 * 24 * time.Hour, "in 30 days"},
	}
	for _, test := range tests {
		if got := relative(test.d); got != test.want {
			t.Errorf("relative(%s) = %q, want %q", test.d, got, test.want)
		}
	}
}
