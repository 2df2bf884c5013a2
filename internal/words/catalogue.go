package words

import (
	"embed"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

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
	phrases func() map[string]*entry
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

// Load makes a catalogue. Languages of ours are read when they are first spoken: most
// installations speak one or two. Its error is Faults if files of the administrator's
// are not as they should be.
func Load(o Options) (*Catalogue, error) {
	c := &Catalogue{all: map[string]*Words{}, special: map[spot]*Words{}, fallback: o.Default, byLanguage: map[string]string{}}
	if c.fallback == "" {
		c.fallback = locales[0]
	}
	for _, locale := range locales {
		c.all[locale] = &Words{Locale: locale, tag: language.MustParse(locale), phrases: sync.OnceValue(func() map[string]*entry {
			phrases, _, _ := ours(locale)
			return phrases
		})}
		base, _, _ := strings.Cut(locale, "-")
		c.byLanguage[base] = locale
	}
	if c.all[c.fallback] == nil {
		return nil, fmt.Errorf("load words: there is no locale %q", c.fallback)
	}
	if err := c.override(o.Overrides).orNil(); err != nil {
		return nil, err
	}
	return c, nil
}

// ours reads a language that is built in.
func ours(locale string) (phrases map[string]*entry, faults Faults, err error) {
	name := file(locale)
	text, err := files.ReadFile(name)
	if err != nil {
		return nil, nil, fmt.Errorf("load words: %w", err)
	}
	phrases, faults = parse(name, string(text))
	return phrases, faults, nil
}

func file(locale string) string { return "locales/" + locale + ".words" }

// Check reads every language that is built in and compares it with the reference. Its
// error is Faults. It is for the tests: nothing at run time can make it fail.
func Check() error {
	reference, _, err := ours(locales[0])
	if err != nil {
		return err
	}
	var faults Faults
	for _, locale := range locales {
		phrases, bad, err := ours(locale)
		if err != nil {
			return err
		}
		faults = append(append(faults, bad...), compare(file(locale), phrases, reference, language.MustParse(locale), true)...)
	}
	return faults.orNil()
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
			faults = append(append(faults, bad...), compare(o.File, own, c.English().phrases(), base.tag, false)...)
			phrases := maps.Clone(base.phrases())
			maps.Copy(phrases, own)
			w := &Words{Locale: base.Locale, tag: base.tag, phrases: func() map[string]*entry { return phrases }}
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
