package inbox

import (
	"net/mail"
	"slices"
	"strings"
	"unicode"
)

// query is a list of terms which must all match; the empty one matches all.
type query []term

type term struct{ field, value string }

func parseQuery(text string) query {
	var q query
	for _, word := range splitWords(strings.ToLower(text)) {
		field, value, found := strings.Cut(word, ":")
		if !found || !slices.Contains([]string{"to", "from", "subject"}, field) {
			field, value = "", word
		}
		if value != "" {
			q = append(q, term{field, value})
		}
	}
	return q
}

// splitWords splits at white space outside double quotes and drops the quotes.
func splitWords(text string) []string {
	quoted := false
	words := strings.FieldsFunc(text, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return !quoted && unicode.IsSpace(r)
	})
	for i, word := range words {
		words[i] = strings.ReplaceAll(word, `"`, "")
	}
	return words
}

func (q query) matches(m *Message) bool {
	for _, t := range q {
		if !t.matches(m) {
			return false
		}
	}
	return true
}

func (t term) matches(m *Message) bool {
	sender := []*mail.Address{m.From}
	switch t.field {
	case "to":
		return matchesAddress(t.value, m.Recipients())
	case "from":
		return matchesAddress(t.value, sender)
	case "subject":
		return contains(m.Subject, t.value)
	}
	return contains(m.Subject, t.value) || contains(m.Text, t.value) ||
		matchesAddress(t.value, sender) || matchesAddress(t.value, m.Recipients())
}

// matchesAddress takes a whole address exactly: a test that waits for
// a@example.com must not be handed the mail for anna.a@example.com.
func matchesAddress(value string, addresses []*mail.Address) bool {
	value = strings.Trim(value, "<>")
	at := strings.LastIndexByte(value, '@')
	whole := at > 0 && at < len(value)-1
	return slices.ContainsFunc(addresses, func(a *mail.Address) bool {
		if whole {
			return strings.EqualFold(a.Address, value)
		}
		return contains(a.Address, value) || contains(a.Name, value)
	})
}

func contains(text, lower string) bool {
	return strings.Contains(strings.ToLower(text), lower)
}
