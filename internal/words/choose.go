package words

import (
	"strings"

	"golang.org/x/text/language"
)

// maxWishes bounds how much of a header or parameter is looked at.
const maxWishes = 200

func newMatcher() language.Matcher {
	tags := make([]language.Tag, len(locales))
	for i, l := range locales {
		tags[i] = language.MustParse(l)
	}
	return language.NewMatcher(tags)
}

// Choose finds the locale that somebody wants: the first of wishes, tags with
// spaces between them (ui_locales, OpenID Connect Core §3.1.2.1), that we have;
// else the best for accept, a header Accept-Language (RFC 9110 §12.5.4); else "".
func (c *Catalogue) Choose(wishes, accept string) string {
	for wish := range strings.FieldsSeq(clip(wishes)) {
		if tag, err := language.Parse(wish); err == nil {
			if l := c.match(tag); l != "" {
				return l
			}
		}
	}
	best, found := float32(0), ""
	for member := range strings.SplitSeq(clip(accept), ",") {
		// One at a time: a tag that nobody knows does not spoil the others.
		tags, weights, err := language.ParseAcceptLanguage(member)
		if err != nil || len(tags) != 1 || weights[0] <= best || strings.HasPrefix(strings.TrimSpace(member), "*") {
			continue
		}
		if l := c.match(tags[0]); l != "" {
			best, found = weights[0], l
		}
	}
	return found
}

func (c *Catalogue) match(tag language.Tag) string {
	_, i, confidence := c.matcher.Match(tag)
	if confidence == language.No {
		return ""
	}
	return locales[i]
}

// clip cuts a list that is too long behind one of its members.
func clip(s string) string {
	if len(s) <= maxWishes {
		return s
	}
	return s[:max(0, strings.LastIndexAny(s[:maxWishes], ", "))]
}
