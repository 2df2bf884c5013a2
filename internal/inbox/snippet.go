package inbox

import (
	"html"
	"regexp"
	"strings"
)

const snippetLength = 250 // characters, as in Mailpit

var tags = regexp.MustCompile(`(?is)<(style|script|title)\b.*?</(style|script|title)>|<!--.*?-->|<[^>]*>`)

// snippet is the beginning of a mail on one line.
func snippet(m *Message) string {
	return oneLine(bodyText(m))
}

// preview is a snippet for people: a link of a hundred characters would hide
// the words behind it, such as the code.
func preview(m *Message) string {
	return oneLine(link.ReplaceAllString(bodyText(m), ""))
}

func bodyText(m *Message) string {
	if strings.TrimSpace(m.Text) != "" {
		return m.Text
	}
	return html.UnescapeString(tags.ReplaceAllString(m.HTML, " "))
}

func oneLine(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > snippetLength {
		return string(runes[:snippetLength]) + "…"
	}
	return string(runes)
}
