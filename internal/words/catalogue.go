package words

import (
	"embed"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

//go:embed locales
var files embed.FS

// locales are the languages, the reference first.
var locales = []string{"en", "de", "fr", "es", "it", "nl", "pt-BR", "pl", "ja", "zh-CN", "ar"}

// Locales lists the languages that there are, as BCP 47 tags.
func Locales() []string { return slices.Clone(locales) }

// Words is one language, complete and checked. It never changes.
type Words struct {
	Locale  string // BCP 47
	tag     language.Tag
	phrases map[string]*entry
}

// Dir is the direction of writing, as HTML says it.
func (w *Words) Dir() string {
	if w.Locale == "ar" {
		return "rtl"
	}
	return "ltr"
}

// Catalogue holds every language.
type Catalogue struct {
	all        map[string]*Words
	special    map[spot]*Words // with words of the administrator's own
	fallback   string
	byLanguage map[string]string // "pt" → "pt-BR"
}

// spot is a language of one client.
type spot struct{ client, locale string }

// Options say which words are the administrator's own.
type Options struct {
	Default   string // locale of whoever prefers none of ours; "" for English
	Overrides []Override
}

// Override is a file of words that replace ours, for one client or, with
// Client "", for all.
type Override struct {
	Client, Locale string
	File, Text     string
}

// Load reads every language. Its error is Faults if files are not as they should
// be.
func Load(o Options) (*Catalogue, error) {
	c := &Catalogue{all: map[string]*Words{}, special: map[spot]*Words{}, fallback: o.Default, byLanguage: map[string]string{}}
	if c.fallback == "" {
		c.fallback = locales[0]
	}
	var faults Faults
	for _, locale := range locales {
		name := "locales/" + locale + ".words"
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("load words: %w", err)
		}
		w := &Words{Locale: locale, tag: language.MustParse(locale)}
		var bad Faults
		w.phrases, bad = parse(name, string(text))
		c.all[locale] = w
		base, _, _ := strings.Cut(locale, "-")
		c.byLanguage[base] = locale
		faults = append(append(faults, bad...), compare(name, w.phrases, c.all[locales[0]].phrases, w.tag, true)...)
	}
	faults = append(faults, c.override(o.Overrides)...)
	if c.all[c.fallback] == nil {
		return nil, fmt.Errorf("load words: there is no locale %q", c.fallback)
	}
	if err := faults.orNil(); err != nil {
		return nil, err
	}
	return c, nil
}

// override lays the administrator's words over ours: those for all clients
// first, because those for one build on them.
func (c *Catalogue) override(all []Override) (faults Faults) {
	for _, general := range []bool{true, false} {
		for _, o := range all {
			if (o.Client == "") != general {
				continue
			}
			base := c.all[o.Locale]
			if base == nil {
				faults = append(faults, Fault{o.File, 0, fmt.Sprintf("there is no locale %q", o.Locale)})
				continue
			}
			own, bad := parse(o.File, o.Text)
			faults = append(append(faults, bad...), compare(o.File, own, c.all[locales[0]].phrases, base.tag, false)...)
			phrases := maps.Clone(base.phrases)
			maps.Copy(phrases, own)
			w := &Words{Locale: base.Locale, tag: base.tag, phrases: phrases}
			if general {
				c.all[o.Locale] = w
			} else {
				c.special[spot{o.Client, o.Locale}] = w
			}
		}
	}
	return faults
}

// Words are those of a locale for a client; "" or an unknown locale is the
// default, "" or an unknown client has no words of its own.
func (c *Catalogue) Words(client, locale string) *Words {
	if c.all[locale] == nil {
		locale = c.fallback
	}
	if w := c.special[spot{client, locale}]; w != nil {
		return w
	}
	return c.all[locale]
}

// Each calls do with every set of words that there is.
func (c *Catalogue) Each(do func(*Words)) {
	for _, w := range c.all {
		do(w)
	}
	for _, w := range c.special {
		do(w)
	}
}

// Special lists the clients that have words of their own, and in which locale.
func (c *Catalogue) Special() iter.Seq2[string, string] {
	return func(yield func(client, locale string) bool) {
		for s := range c.special {
			if !yield(s.client, s.locale) {
				return
			}
		}
	}
}

// English are the words for programs and logs.
func (c *Catalogue) English() *Words { return c.all[locales[0]] }
