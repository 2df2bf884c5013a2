package main

import (
	"fmt"
	"io"
)

// progress tells on w how long work goes on: a line for each table when the next
// one begins, and one for every hundred thousand rows.
type progress struct {
	w     io.Writer
	table string
	rows  int64
	told  int64
}

const progressEvery = 100_000

func (p *progress) step(table string, rows int64) {
	if table != p.table {
		p.end()
		p.table, p.told = table, 0
	}
	if p.rows = rows; rows-p.told >= progressEvery {
		p.told = rows
		fmt.Fprintf(p.w, "%-18s %10d rows so far\n", table, rows)
	}
}

// end tells of the last table.
func (p *progress) end() {
	if p.table != "" {
		fmt.Fprintf(p.w, "%-18s %10d rows\n", p.table, p.rows)
	}
	p.table = ""
}
