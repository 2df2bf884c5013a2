package words

import (
	"fmt"
	"strings"

	"idp/internal/markup"
)

// Phrase is something to say, in whatever language the reader has: a key of the
// catalogue and what stands in its places. The zero Phrase says nothing.
type Phrase struct {
	Key   string
	Args  []any
	plain string
}

// Say makes a Phrase. The arguments are names of places and their values in
// turn: text, numbers, other phrases, or HTML that is known to be safe. The value
// of "n" chooses the plural.
func Say(key string, args ...any) Phrase { return Phrase{Key: key, Args: args} }

// Plain is text that stands for itself in every language, such as a name.
func Plain(text string) Phrase { return Phrase{plain: text} }

// IsZero reports whether the phrase says nothing.
func (p Phrase) IsZero() bool { return p.Key == "" && p.plain == "" }

// With fills more places of the phrase.
func (p Phrase) With(args ...any) Phrase {
	p.Args = append(p.Args[:len(p.Args):len(p.Args)], args...)
	return p
}

// Device names a browser and the system it runs on, each as browser.Parts tells
// them; either may be "".
func Device(program, system string) Phrase {
	name := Plain(program)
	switch program {
	case "":
		name = Say("device.browser")
	case "A program":
		name = Say("device.program")
	}
	if system == "" {
		return name
	}
	return Say("device.on", "browser", name, "system", system)
}

// Text says p as plain text: stress marks are left out.
func (w *Words) Text(p Phrase) (string, error) {
	var b strings.Builder
	_, err := w.write(&b, p, asText)
	return b.String(), err
}

// HTML says p as HTML, with everything escaped that is not HTML already.
func (w *Words) HTML(p Phrase) (markup.HTML, error) {
	var b strings.Builder
	_, err := w.write(&b, p, asHTML)
	return markup.HTML(b.String()), err
}

// Any says p for a template: as text, which the template escapes for its place,
// unless the phrase has stress or HTML in it.
func (w *Words) Any(p Phrase) (any, error) {
	var b strings.Builder
	rich, err := w.write(&b, p, asText)
	if err != nil || !rich {
		return b.String(), err
	}
	return w.HTML(p)
}

// Around is the text before and behind one place of a phrase.
func (w *Words) Around(p Phrase, place string) (before, behind string, err error) {
	const mark = "\x00"
	p.Args = append([]any{place, mark}, p.Args...)
	text, err := w.Text(p)
	before, behind, _ = strings.Cut(text, mark)
	return before, behind, err
}

type form bool

const (
	asText form = false
	asHTML form = true
)

// write says p and reports whether it has stress or HTML in it.
func (w *Words) write(b *strings.Builder, p Phrase, as form) (rich bool, err error) {
	if p.Key == "" {
		literal(b, p.plain, as)
		return false, nil
	}
	entry, ok := w.phrases()[p.Key]
	if !ok {
		return false, fmt.Errorf("words: there is no phrase %q", p.Key)
	}
	for _, part := range entry.pattern(w, p.Args) {
		switch {
		case part.place != "":
			inner, err := w.fill(b, p, part.place, as)
			if err != nil {
				return rich, err
			}
			rich = rich || inner
		case part.stress:
			rich = true
			if as == asHTML {
				b.WriteString(part.text)
			}
		default:
			literal(b, part.text, as)
		}
	}
	return rich, nil
}

func (w *Words) fill(b *strings.Builder, p Phrase, place string, as form) (rich bool, err error) {
	for i := 0; i+1 < len(p.Args); i += 2 {
		if p.Args[i] != place {
			continue
		}
		switch v := p.Args[i+1].(type) {
		case Phrase:
			return w.write(b, v, as)
		case markup.HTML:
			b.WriteString(string(v))
			return true, nil
		case string:
			literal(b, v, as)
		default:
			literal(b, fmt.Sprint(v), as)
		}
		return false, nil
	}
	return false, fmt.Errorf("words: nothing is given for {%s} in %q", place, p.Key)
}

func literal(b *strings.Builder, text string, as form) {
	if as == asHTML {
		text = markup.EscapeString(text)
	}
	b.WriteString(text)
}
