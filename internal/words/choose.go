package words

import (
	"strconv"
	"strings"
)

// maxWishes bounds how much of a header or parameter is looked at.
const maxWishes = 200

// Choose finds the locale that somebody wants: the first of wishes, tags with
// spaces between them (ui_locales, OpenID Connect Core §3.1.2.1), that we have;
// else the best for accept, a header Accept-Language (RFC 9110 §12.5.4); else "".
func (c *Catalogue) Choose(wishes, accept string) string {
	for wish := range strings.FieldsSeq(clip(wishes)) {
		if l := c.match(wish); l != "" {
			return l
		}
	}
	best, found := 0.0, ""
	for member := range strings.SplitSeq(clip(accept), ",") {
		tag, q, weighted := strings.Cut(member, ";")
		weight := 1.0
		if weighted {
			var err error
			q = strings.TrimPrefix(strings.TrimSpace(q), "q=")
			if weight, err = strconv.ParseFloat(q, 64); err != nil || weight > 1 {
				continue
			}
		}
		if weight <= best {
			continue
		}
		if l := c.match(strings.TrimSpace(tag)); l != "" {
			best, found = weight, l
		}
	}
	return found
}

// match goes by the language alone: there is one locale for each, and whoever
// reads a language reads its neighbour too.
func (c *Catalogue) match(tag string) string {
	base, _, _ := strings.Cut(tag, "-")
	return c.byLanguage[strings.ToLower(base)]
}

// clip cuts a list that is too long behind one of its members.
func clip(s string) string {
	if len(s) <= maxWishes {
		return s
	}
	return s[:max(0, strings.LastIndexAny(s[:maxWishes], ", "))]
}
