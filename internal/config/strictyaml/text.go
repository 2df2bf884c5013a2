package strictyaml

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	maxSize = 1 << 20
	// maxTabs bounds a line because the scanner looks to the end of the line
	// again at each tab inside double quotes.
	maxTabs = 1000
)

// source is the document by lines, line ends removed.
type source [][]rune

// place is a line and column, both from 1.
type place struct{ line, column int }

// plainLines checks that data is text that YAML allows and splits it into lines.
// It drops a byte order mark and takes CR LF and CR as line ends, as YAML 1.2
// §5.4 says. A problem that is not empty is a message for the place.
func plainLines(data []byte) (source, place, string) {
	if len(data) > maxSize {
		return nil, place{1, 1}, fmt.Sprintf("file is larger than %d MiB", maxSize>>20)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))

	var lines source
	for i, line := range bytes.Split(data, []byte("\n")) {
		if column, problem := checkLine(line); problem != "" {
			return nil, place{i + 1, column}, problem
		}
		if bytes.HasPrefix(line, []byte("<<<<<<< ")) {
			return nil, place{i + 1, 1}, "mark of a merge conflict; keep one of the two sides"
		}
		lines = append(lines, []rune(string(line)))
	}
	return lines, place{}, ""
}

func checkLine(line []byte) (column int, problem string) {
	tabs := 0
	for len(line) > 0 {
		column++
		r, size := utf8.DecodeRune(line)
		switch {
		case r == utf8.RuneError && size == 1:
			return column, "is not UTF-8 text"
		case !printable(r):
			return column, fmt.Sprintf("holds the control character %U; remove it or write an escape in double quotes", r)
		case r == '\t':
			if tabs++; tabs > maxTabs {
				return column, fmt.Sprintf("line has more than %d tabs", maxTabs)
			}
		}
		line = line[size:]
	}
	return 0, ""
}

// printable is c-printable of YAML 1.2 §5.1.
func printable(r rune) bool {
	switch {
	case r == '\t', r == 0x85:
		return true
	case r < 0x20, r >= 0x7f && r < 0xa0, r == 0xfffe, r == 0xffff:
		return false
	}
	return true
}

func (s source) String() string {
	var b strings.Builder
	for i, line := range s {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(string(line))
	}
	return b.String()
}
