package web

import (
	"fmt"
	"path"
	"slices"
	"sync"
	"time"

	"idp/internal/markup"
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
	sets  map[letterSpot]func() letterSet
}

type letterSpot struct{ client, locale string }

// letterSet is every letter in one language, by its file.
type letterSet map[string]*markup.Template

// letterFiles are the templates of letters: those that all share, and each one's own.
type letterFiles struct{ text, html *markup.Set }

// letterNames are the letters that there are.
var letterNames = []string{"login", "notice", "invitation"}

// LoadLetters compiles every mail template. A language's own copy is made when its first
// letter is, unless it has templates of its own, whose faults are found here.
func LoadLetters(o LetterOptions) (*Letters, error) {
	var err error
	if o.Words == nil {
		if o.Words, err = words.Load(words.Options{}); err != nil {
			return nil, err
		}
	}
	l := &Letters{words: o.Words, own: o.Templates, sets: map[letterSpot]func() letterSet{}}
	ours, err := readLetters(o.Words.English())
	if err != nil {
		return nil, err
	}
	base, err := ours.compile()
	if err != nil {
		return nil, err
	}
	for _, spot := range o.spots() {
		in := o.Words.Words(spot.client, spot.locale)
		from := base
		if slices.ContainsFunc(o.Templates, spot.uses) {
			if from, err = ours.with(o.Templates, spot); err != nil {
				return nil, err
			}
		}
		l.sets[spot] = sync.OnceValue(func() letterSet { return from.in(in) })
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

func readLetters(w *words.Words) (f letterFiles, err error) {
	f = letterFiles{markup.NewText(textFuncs(w)), markup.NewHTML(htmlFuncs(w))}
	if err = f.text.ParseFiles(files, "templates/mail/*.txt"); err == nil {
		err = f.html.ParseFiles(files, "templates/mail/*.html")
	}
	if err != nil {
		err = fmt.Errorf("load letters: %w", err)
	}
	return f, err
}

func (f letterFiles) compile() (letterSet, error) {
	out := letterSet{}
	for _, name := range letterNames {
		for ext, set := range map[string]*markup.Set{".txt": f.text, ".html": f.html} {
			t, err := set.Compile(name + ext)
			if err != nil {
				return nil, fmt.Errorf("load letters: %w", err)
			}
			out[name+ext] = t
		}
	}
	return out, nil
}

// with is the letters with the templates in the places of ours that belong to spot.
func (f letterFiles) with(own []LetterTemplate, spot letterSpot) (letterSet, error) {
	f = letterFiles{f.text.Clone(), f.html.Clone()}
	for _, client := range []string{"", spot.client} { // the client's own comes last and stays
		for _, t := range own {
			if t.Client != client || !spot.uses(t) {
				continue
			}
			set := f.html
			if t.isText() {
				set = f.text
			}
			err := set.Parse(t.Name, t.Text)
			if err == nil {
				_, err = set.Compile(t.Name)
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", t.File, err)
			}
		}
	}
	return f.compile()
}

// in is the letters in the words w.
func (s letterSet) in(w *words.Words) letterSet {
	out := make(letterSet, len(s))
	for name, t := range s {
		funcs := htmlFuncs(w)
		if path.Ext(name) == ".txt" {
			funcs = textFuncs(w)
		}
		out[name] = t.With(funcs)
	}
	return out
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

func (l *Letters) set(client, locale string) letterSet {
	locale = l.words.Words("", locale).Locale
	if set := l.sets[letterSpot{client, locale}]; set != nil {
		return set()
	}
	return l.sets[letterSpot{"", locale}]()
}

// Render is both forms of the letter name for a client, which may have its own, in a
// language; "" or an unknown one is the default.
func (l *Letters) Render(name, client, locale string, data any) (text, html string, err error) {
	set := l.set(client, locale)
	if text, err = set[name+".txt"].String(data); err == nil {
		html, err = set[name+".html"].String(data)
	}
	if err != nil {
		err = fmt.Errorf("render letter %s: %w", name, err)
	}
	return text, html, err
}

// when tells a time with its day, in a letter that may be read much later.
func when(w *words.Words, t time.Time) (string, error) {
	return speaker{Words: w}.clock(t, t.AddDate(-1, 0, 0))
}

// hour tells a time of today, in a letter that nobody reads much later.
func hour(w *words.Words, t time.Time) (string, error) {
	return w.Text(words.Say("time.today", "hour", t.UTC().Format("15:04")))
}

// bothFuncs are functions of both forms.
func bothFuncs(w *words.Words) markup.Funcs {
	return markup.Funcs{
		"hm":   markup.F1E(func(t time.Time) (string, error) { return hour(w, t) }),
		"when": markup.F1E(func(t time.Time) (string, error) { return when(w, t) }),
		"fill": fill, "lang": markup.F0(func() string { return w.Locale }), "dir": markup.F0(w.Dir),
	}
}

func htmlFuncs(w *words.Words) markup.Funcs {
	funcs := bothFuncs(w)
	funcs["t"], funcs["say"], funcs["strong"] = say(w.Any), markup.F1E(w.Any), markup.F1(strong)
	// cancel is the quiet link of somebody who did not ask for the letter.
	funcs["cancel"] = markup.F1E(func(url string) (markup.HTML, error) {
		text, err := w.Text(words.Say("letter.cancel"))
		return element("a", `class="muted" style="color:#58616c;" href="`+markup.EscapeString(url)+`"`, text), err
	})
	return funcs
}

// textFuncs have the same names as those for HTML where they can.
func textFuncs(w *words.Words) markup.Funcs {
	funcs := bothFuncs(w)
	funcs["t"], funcs["say"], funcs["strong"] = say(w.Text), markup.F1E(w.Text), markup.F1(func(s string) string { return s })
	funcs["wrap"] = markup.F1(wrap)
	return funcs
}

// isText reports whether the template is the text form of a letter.
func (t LetterTemplate) isText() bool { return path.Ext(t.Name) == ".txt" }
