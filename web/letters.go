package web

import (
	"fmt"
	htmltemplate "html/template"
	"io"
	"path"
	"slices"
	"sync"
	texttemplate "text/template"
	"time"

	"idp/internal/words"
)

// LetterOptions say what letters are made of.
type LetterOptions struct {
	Words     *words.Catalogue // nil for ours as it is
	Templates []LetterTemplate
}

// LetterTemplate replaces one of our templates, for one client or, with Client
// "", for all.
type LetterTemplate struct {
	Client, Locale string
	Name           string // as ours: login.txt, login.html
	File, Text     string
}

// Letters renders mails: each has a text and an HTML form that say the same.
type Letters struct {
	words *words.Catalogue
	own   []LetterTemplate
	sets  map[letterSpot]func() (*letterSet, error)
}

type letterSpot struct{ client, locale string }

// letterSet is every letter in one language.
type letterSet struct {
	text *texttemplate.Template
	html *htmltemplate.Template
}

// LoadLetters parses every mail template. A language's own copy is made when its first
// letter is, unless it has templates of its own, whose faults are found here.
func LoadLetters(o LetterOptions) (*Letters, error) {
	var err error
	if o.Words == nil {
		if o.Words, err = words.Load(words.Options{}); err != nil {
			return nil, err
		}
	}
	l := &Letters{words: o.Words, own: o.Templates, sets: map[letterSpot]func() (*letterSet, error){}}
	base, err := parseLetters(o.Words.English())
	if err != nil {
		return nil, err
	}
	for _, spot := range o.spots() {
		copied := sync.OnceValues(func() (*letterSet, error) {
			return base.in(o.Words.Words(spot.client, spot.locale), o.Templates, spot)
		})
		l.sets[spot] = copied
		if slices.ContainsFunc(o.Templates, spot.uses) {
			if _, err := copied(); err != nil {
				return nil, err
			}
		}
	}
	return l, nil
}

// uses reports whether a template stands in the letters of s.
func (s letterSpot) uses(t LetterTemplate) bool {
	return t.Locale == s.locale && (t.Client == "" || t.Client == s.client)
}

// spots are all languages, and the clients and languages with templates or words of
// their own.
func (o LetterOptions) spots() (all []letterSpot) {
	for _, locale := range words.Locales() {
		all = append(all, letterSpot{"", locale})
	}
	for _, t := range o.Templates {
		all = append(all, letterSpot{t.Client, t.Locale})
	}
	for client, locale := range o.Words.Special() {
		all = append(all, letterSpot{client, locale})
	}
	return all
}

func parseLetters(w *words.Words) (*letterSet, error) {
	text, err := texttemplate.New("").Option("missingkey=error").Funcs(textFuncs(w)).ParseFS(files, "templates/mail/*.txt")
	if err != nil {
		return nil, fmt.Errorf("load letters: %w", err)
	}
	html, err := htmltemplate.New("").Option("missingkey=error").Funcs(htmlFuncs(w)).ParseFS(files, "templates/mail/*.html")
	if err != nil {
		return nil, fmt.Errorf("load letters: %w", err)
	}
	return &letterSet{text, html}, nil
}

// in copies the letters for the words w, with the templates that belong to spot.
func (s *letterSet) in(w *words.Words, own []LetterTemplate, spot letterSpot) (*letterSet, error) {
	text, err := s.text.Clone()
	if err != nil {
		return nil, fmt.Errorf("load letters: %w", err)
	}
	html, err := s.html.Clone()
	if err != nil {
		return nil, fmt.Errorf("load letters: %w", err)
	}
	text.Funcs(textFuncs(w))
	html.Funcs(htmlFuncs(w))
	for _, client := range []string{"", spot.client} { // the client's own comes last and stays
		for _, t := range own {
			if t.Client != client || !spot.uses(t) {
				continue
			}
			if t.isText() {
				_, err = text.New(t.Name).Parse(t.Text)
			} else {
				_, err = html.New(t.Name).Parse(t.Text)
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", t.File, err)
			}
		}
	}
	return &letterSet{text, html}, nil
}

// Words are those that a client's letters use in a language.
func (l *Letters) Words(client, locale string) *words.Words {
	return l.words.Words(client, l.words.Words("", locale).Locale)
}

// Own reports whether templates of an administrator stand in a client's letters in a
// language.
func (l *Letters) Own(client, locale string) bool {
	return slices.ContainsFunc(l.own, letterSpot{client, l.words.Words("", locale).Locale}.uses)
}

func (l *Letters) set(client, locale string) (*letterSet, error) {
	locale = l.words.Words("", locale).Locale
	if copied := l.sets[letterSpot{client, locale}]; copied != nil {
		return copied()
	}
	return l.sets[letterSpot{"", locale}]()
}

// Render writes both forms of the letter name for a client, which may have its
// own, in a language; "" or an unknown one is the default.
func (l *Letters) Render(name, client, locale string, text, html io.Writer, data any) error {
	s, err := l.set(client, locale)
	if err != nil {
		return err
	}
	if err := s.text.ExecuteTemplate(text, name+".txt", data); err != nil {
		return fmt.Errorf("render letter %s: %w", name, err)
	}
	if err := s.html.ExecuteTemplate(html, name+".html", data); err != nil {
		return fmt.Errorf("render letter %s: %w", name, err)
	}
	return nil
}

// when tells a time with its day, in a letter that may be read much later.
func when(w *words.Words, t time.Time) (string, error) {
	return speaker{Words: w}.clock(t, t.AddDate(-1, 0, 0))
}

// hour tells a time of today, in a letter that nobody reads much later.
func hour(w *words.Words, t time.Time) (string, error) {
	return w.Text(words.Say("time.today", "hour", t.UTC().Format("15:04")))
}

func htmlFuncs(w *words.Words) map[string]any {
	return map[string]any{
		"t":   func(key string, args ...any) (any, error) { return w.Any(words.Say(key, args...)) },
		"say": w.Any, "hm": func(t time.Time) (string, error) { return hour(w, t) }, "when": func(t time.Time) (string, error) { return when(w, t) }, "strong": strong,
		"lang": func() string { return w.Locale }, "dir": w.Dir,
		// cancel is the quiet link of somebody who did not ask for the letter.
		"cancel": func(url string) (htmltemplate.HTML, error) {
			text, err := w.Text(words.Say("letter.cancel"))
			return element("a", `class="muted" style="color:#58616c;" href="`+htmltemplate.HTMLEscapeString(url)+`"`, text), err
		},
	}
}

// textFuncs have the same names as those for HTML where they can.
func textFuncs(w *words.Words) map[string]any {
	return map[string]any{
		"t":   func(key string, args ...any) (string, error) { return w.Text(words.Say(key, args...)) },
		"say": w.Text, "hm": func(t time.Time) (string, error) { return hour(w, t) }, "when": func(t time.Time) (string, error) { return when(w, t) }, "strong": func(s string) string { return s },
		"lang": func() string { return w.Locale }, "dir": w.Dir, "wrap": wrap,
	}
}

// isText reports whether the template is the text form of a letter.
func (t LetterTemplate) isText() bool { return path.Ext(t.Name) == ".txt" }
