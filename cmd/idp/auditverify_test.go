package main

import (
	"bytes"
	"strings"
	"testing"

	"idp/internal/audit"
)

// An anchor that could not be compared is said to be so, and alone it is no good news.
func TestAnchorsThatSayNothing(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	r := audit.Report{First: 5, Last: 9, Hash: "x", Events: 4, Uncompared: []int64{3}}
	printReport(env{out: &out}, &r)
	if !strings.Contains(out.String(), "the anchor 3 was not compared") {
		t.Error(out.String())
	}
	if err := verdict(&r, []audit.Anchor{{Seq: 3}}); err == nil || !strings.Contains(err.Error(), "younger") {
		t.Error(err)
	}
	for _, anchors := range [][]audit.Anchor{nil, {{Seq: 3}, {Seq: 7}}} {
		if err := verdict(&r, anchors); err != nil {
			t.Error(anchors, err)
		}
	}
}
