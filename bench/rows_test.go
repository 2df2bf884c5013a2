package main

import (
	"bytes"
	"strings"
	"testing"
)

// Two workers never sign in as the same person, who would read the other's mail, and
// nobody signs in who is not in the tables.
func TestWorkersShareNobody(t *testing.T) {
	t.Parallel()
	const people, workers = 100, 16
	known, owner := map[string]bool{}, map[string]int{}
	for n := 1; n <= people; n++ {
		known[addressOf(n)] = true
	}
	for w := range workers {
		for range 200 {
			who := group{people, w, workers}.somebody()
			if other, taken := owner[who]; taken && other != w || !known[who] {
				t.Fatalf("%s is taken by %d and %d, known: %v", who, other, w, known[who])
			}
			owner[who] = w
		}
	}
	if len(owner) < 90 {
		t.Errorf("only %d of %d people ever sign in", len(owner), people)
	}
}

func TestRowsShowWhatFullTablesChange(t *testing.T) {
	t.Parallel()
	r := report{rows: []row{{figures: [2]figures{full: rounds(4, 6, 5), few: rounds(2, 3, 2.5)}}}}
	var out bytes.Buffer
	r.writeRows(&out, []operation{{name: "mail login"}}, 10_000_000)
	lines := strings.Split(out.String(), "\n")
	if fields := strings.Fields(lines[1]); strings.Join(fields, " ") != "mail login 1.250 2.500 2.00 1.250 2.500 2.00 0.0 0.0 400 200" {
		t.Errorf("%q", lines[1])
	}
}
