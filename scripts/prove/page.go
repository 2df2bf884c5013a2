package main

import (
	"bytes"
	"cmp"
	"fmt"
	"runtime"
	"strings"
)

// row is one line of the table. A laboratory with several figures has its own name,
// share, seconds and date in the first one only.
type row struct{ share, did, came, seconds, date string }

const cells = 6

// readRows finds the rows that page wrote, by laboratory.
func readRows(text string) map[string][]row {
	rows, name := map[string][]row{}, ""
	for line := range strings.Lines(text) {
		line, ok := strings.CutPrefix(strings.TrimSpace(line), "| ")
		c := strings.Split(strings.ReplaceAll(strings.TrimSuffix(line, " |"), `\|`, "\x00"), " | ")
		if !ok || len(c) != cells || c[0] == "laboratory" {
			continue
		}
		for i := range c {
			c[i] = strings.ReplaceAll(strings.TrimSpace(c[i]), "\x00", "|")
		}
		name = cmp.Or(c[0], name)
		rows[name] = append(rows[name], row{c[1], c[2], c[3], c[4], c[5]})
	}
	return rows
}

// page is docs/proof.md with these rows.
func page(rows map[string][]row) []byte {
	var w bytes.Buffer
	fmt.Fprintf(&w, `# Proof

What the laboratories found. %[1]smake prove%[1]s plays them and writes this page; do not edit it. The share is how much of
the long form was played: 1 is all of it, 0.1 a tenth of each count (%[1]sIDP_PROVE=0.1%[1]s). %[1]sONLY=mail%[1]s plays those of that
name again. Every run of the tests plays their short forms.

The last one had %[2]d processor cores and %[3]s.

| laboratory | share | what was done | what came of it | seconds | on |
|---|---|---|---|---|---|
`, "`", runtime.NumCPU(), runtime.Version())
	for _, l := range laboratories {
		name, found := l.name, rows[l.name]
		if len(found) == 0 {
			found = []row{{came: "not played yet"}}
		}
		for _, r := range found {
			fmt.Fprintf(&w, "| %s | %s | %s | %s | %s | %s |\n", name, r.share, cell(r.did), cell(r.came), r.seconds, r.date)
			name = ""
		}
	}
	w.WriteString("\nOne of them alone, behind `IDP_PROVE=1 scripts/with-postgres`:\n\n")
	for _, l := range laboratories {
		fmt.Fprintf(&w, "- %s: `%s`\n", l.name, strings.Join(l.command(), " "))
	}
	return w.Bytes()
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
