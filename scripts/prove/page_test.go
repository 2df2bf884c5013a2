package main

import (
	"reflect"
	"testing"
)

// What one run found survives the next one, which plays something else.
func TestRowsComeBack(t *testing.T) {
	t.Parallel()
	rows := map[string][]row{}
	for _, l := range laboratories {
		rows[l.name] = []row{{came: "not played yet"}}
	}
	rows[laboratories[0].name] = []row{{"1", "50 kills", "0 lost", "12", "2026-11-21"}, {did: "60 kills", came: "|t| at most 1.2 | so"}}
	rows[laboratories[1].name] = []row{{share: "0.1", came: "**failed**: exit status 1", seconds: "3", date: "2026-11-20"}}
	if got := readRows(string(page(rows))); !reflect.DeepEqual(got, rows) {
		t.Errorf("the page gives back %v\nwant %v", got, rows)
	}
}
