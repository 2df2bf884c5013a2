package main

import (
	"strings"
	"testing"
	"time"
)

func rounds(cpu ...float64) (f figures) {
	for _, c := range cpu {
		f.rounds = append(f.rounds, round{rate: 1000 / c, server: c / 2, database: c / 2})
		f.latencies = append(f.latencies, time.Millisecond)
	}
	return f
}

// TestRatioLeavesNoiseOut: one spoiled round, and a machine that is half as fast
// for a while, change nothing.
func TestRatioLeavesNoiseOut(t *testing.T) {
	t.Parallel()
	r := row{figures: [2]figures{rounds(3, 6, 90, 6, 6), rounds(2, 4, 2, 4, 4)}}
	if got := r.times(total); got != 1.5 {
		t.Errorf("%v times the floor's, want 1.5", got)
	}
	if got := r.figures[product].median(total); got != 6 {
		t.Errorf("median %v, want 6", got)
	}
}

func TestGoals(t *testing.T) {
	t.Parallel()
	ops := []operation{{name: "fine", goal: 1.6}, {name: "slow", goal: 1.4}, {name: "free"}}
	r := report{rows: make([]row, len(ops))}
	for i := range r.rows {
		r.rows[i].figures = [2]figures{rounds(3), rounds(2)}
	}
	var out strings.Builder
	if missed := r.write(&out, ops); !missed {
		t.Error("a missed goal does not show")
	}
	for _, test := range []struct{ name, word string }{{"fine", "pass"}, {"slow", "FAIL"}, {"free", ""}} {
		_, line, _ := strings.Cut(out.String(), "  "+test.name+" ")
		line, _, _ = strings.Cut(line, "\n")
		if strings.Contains(line, "pass") != (test.word == "pass") || strings.Contains(line, "FAIL") != (test.word == "FAIL") {
			t.Errorf("%s: %q, want %q", test.name, line, test.word)
		}
	}
	if missed := r.write(&out, ops[:1]); missed {
		t.Error("a goal that was met counts as missed")
	}
	r.beside = true
	if missed := r.write(&out, ops); missed {
		t.Error("a build beside another one has goals")
	}
}

func TestChosen(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text string
		want int
	}{{"", len(operations)}, {"sso", 1}, {"RS256", 2}, {"refresh,", 1}, {"mail login", 1}, {"nothing", 0}} {
		if got := chosen(operations, test.text); len(got) != test.want {
			t.Errorf("%q chooses %d operations, want %d", test.text, len(got), test.want)
		}
	}
}
