package inbox

import (
	"regexp"
	"strings"
)

// segment is a piece of plain text. URL is set when the piece is a link.
type segment struct{ Text, URL string }

var link = regexp.MustCompile(`(?i)\bhttps?://[^\s<>"]+`)

// splitLinks finds the web addresses in a text. Put together again, the
// segments are the text.
func splitLinks(text string) []segment {
	var segments []segment
	end := 0
	for _, found := range link.FindAllStringIndex(text, -1) {
		url := trimSentence(text[found[0]:found[1]])
		if found[0] > end {
			segments = append(segments, segment{Text: text[end:found[0]]})
		}
		segments = append(segments, segment{Text: url, URL: url})
		end = found[0] + len(url)
	}
	if end < len(text) {
		segments = append(segments, segment{Text: text[end:]})
	}
	return segments
}

// trimSentence gives the punctuation after a link back to the sentence, and a
// closing bracket only where the link did not open it.
func trimSentence(url string) string {
	url = strings.TrimRight(url, ".,;:!?'")
	if strings.HasSuffix(url, ")") && !strings.Contains(url, "(") {
		return trimSentence(strings.TrimSuffix(url, ")"))
	}
	return url
}
