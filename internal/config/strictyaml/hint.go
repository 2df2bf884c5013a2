package strictyaml

import (
	"strings"
	"unicode/utf8"

	"idp/internal/spelling"
)

// maxDistance is how many letters a known key may differ to be a hint.
const maxDistance = 2

// nearest is the known key most like name, case aside, or empty. Names so
// short that any key is near get no hint.
func nearest(name string, known []field) string {
	best, hint := maxDistance+1, ""
	for _, f := range known {
		d := distance(strings.ToLower(name), strings.ToLower(f.name))
		if d < best && d < utf8.RuneCountInString(name) && d < utf8.RuneCountInString(f.name) {
			best, hint = d, f.name
		}
	}
	return hint
}

// distance is the Levenshtein distance, or more than maxDistance when the
// lengths alone say so.
func distance(a, b string) int {
	if len(a)-len(b) > 4*maxDistance || len(b)-len(a) > 4*maxDistance {
		return maxDistance + 1 // 4 bytes are the longest letter
	}
	return spelling.Distance(a, b)
}
