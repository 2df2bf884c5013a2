package storage

import (
	"testing"
	"time"

	"idp/internal/magiclink"
)

// What a transaction counted that was undone is over no maximum.
func TestCountingForgetsWhatWasUndone(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	c := newCounting([]magiclink.Count{{Key: "k", Rates: []magiclink.Rate{{Max: 1, Window: time.Hour}}}}, now)
	row := func(into ...any) error {
		*into[0].(*string), *into[1].(*int), *into[2].(*int64) = "k", 2, now.Add(time.Hour).UnixMilli()
		return nil
	}
	if err := c.each(row); err != nil || c.over() == nil {
		t.Fatalf("2 of 1 are not too many, %v", err)
	}
	if c.forget(); c.over() != nil {
		t.Error("it is not forgotten")
	}
}
