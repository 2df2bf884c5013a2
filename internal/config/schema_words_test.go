package config

import (
	"regexp"
	"strings"
)

var keyLine = regexp.MustCompile(`^( *)(- )?([a-z_0-9]+):( .*)?$`)

// step is one key on the way to a line of the example.
type step struct {
	indent int
	key    string
}

// comments are the comments of the keys of an example in block style, by their
// paths: those behind a key, else in front of it, else in front of the neighbours
// above it. Entries of lists are counted as one: clients[].id.
func comments(example string) map[string]string {
	out := map[string]string{}
	var way []step
	var words []string
	shared, indent := "", 0 // what stands in front of the neighbours
	for line := range strings.Lines(example) {
		line = strings.TrimRight(line, "\n")
		text := strings.TrimPrefix(strings.TrimSpace(line), "- ")
		if comment, ok := strings.CutPrefix(text, "#"); ok {
			words = append(words, strings.TrimPrefix(comment, " "))
			continue
		}
		m := keyLine.FindStringSubmatch(line)
		if m == nil {
			words, shared = nil, ""
			continue
		}
		at := step{len(m[1]) + len(m[2]), m[3]}
		for len(way) > 0 && way[len(way)-1].indent >= at.indent {
			way = way[:len(way)-1]
		}
		way = append(way, at)
		if len(words) > 0 || indent != at.indent {
			shared, indent = strings.Join(words, "\n"), at.indent
		}
		about := shared
		if _, behind, ok := strings.Cut(m[4], " # "); ok && behind != "(example)" {
			about = behind
		}
		if path := pathOf(way); out[path] == "" {
			out[path] = strings.TrimSpace(strings.ReplaceAll(about, "(example)", ""))
		}
		words = nil
	}
	return out
}

// lists are the keys of the example whose values are lists of mappings.
var lists = map[string]bool{"clients": true, "providers": true}

func pathOf(way []step) string {
	path := ""
	for i, s := range way {
		path += "." + s.key
		if i < len(way)-1 && lists[s.key] {
			path += "[]"
		}
	}
	return strings.TrimPrefix(path, ".")
}
