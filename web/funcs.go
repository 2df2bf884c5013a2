package web

import (
	"fmt"
	"time"

	"idp/internal/markup"
	"idp/internal/words"
)

// speaker gives templates the words of one language. Their functions are its
// methods, bound once for each language.
type speaker struct {
	*words.Words
	now    func() time.Time
	assets *assets
}

func (s speaker) funcs() markup.Funcs {
	return markup.Funcs{
		"t": say(s.Any), "say": markup.F1E(s.Any), "fill": fill, "list": markup.F1E(s.list), "app": markup.F1(s.app),
		"until": markup.F1E(s.until), "countdown": markup.F1E(s.countdown), "time": markup.F1E(s.time),
		"strong": markup.F1(strong), "bold": bold, "address": markup.F1(address), "number": markup.F1(number), "hosts": markup.F1E(s.hosts), "ownlink": markup.F2E(s.ownLink),
		"heading": markup.F1((*Problem).Heading), "says": markup.F1(func(v interface{ Says() words.Phrase }) words.Phrase { return v.Says() }),
		"asset": markup.F1E(s.assets.url), "iso": markup.F1(iso), "mask": markup.F1(maskAddress), "host": markup.F1(hostOf), "sheet": markup.F1E(sheetURL), "support": markup.F2E(s.support),
	}
}

// say makes the function that says a phrase of the catalogue: its key, and names of
// places and their values in turn.
func say[A any](in func(words.Phrase) (A, error)) markup.Func {
	return func(args []any) (any, error) {
		key, err := markup.Arg[string](args, 0)
		if err != nil {
			return nil, err
		}
		return in(words.Say(key, args[1:]...))
	}
}

// fill fills more places of a phrase.
func fill(args []any) (any, error) {
	p, err := markup.Arg[words.Phrase](args, 0)
	if err != nil {
		return nil, err
	}
	return p.With(args[1:]...), nil
}

// list puts phrases into one, in the manner of the language.
func (s speaker) list(all []words.Phrase) (any, error) {
	return s.Any(join(all))
}

func join(all []words.Phrase) words.Phrase {
	if len(all) == 0 {
		return words.Phrase{}
	}
	out := all[0]
	for _, p := range all[1:] {
		out = words.Say("list", "first", out, "second", p)
	}
	return out
}

// app is an application's name, or what to call one without.
func (s speaker) app(name string) words.Phrase {
	if name == "" {
		return words.Say("app.unnamed")
	}
	return words.Plain(name)
}

// hosts names the hosts of uris, each stressed.
func (s speaker) hosts(uris []string) (markup.HTML, error) {
	var out markup.HTML
	for i, uri := range uris {
		if i == 0 {
			out = strong(hostOf(uri))
			continue
		}
		joined, err := s.HTML(words.Say("list", "first", out, "second", strong(hostOf(uri))))
		if err != nil {
			return "", err
		}
		out = joined
	}
	return out, nil
}

// time tells a point in time; app.js turns it into the reader's own clock.
func (s speaker) time(t time.Time) (markup.HTML, error) {
	text, err := s.clock(t, s.now())
	return element("time", `datetime="`+iso(t)+`" data-clock`, text), err
}

// countdown is until, and counts with script.
func (s speaker) countdown(t time.Time) (markup.HTML, error) {
	text, err := s.until(t)
	if err != nil {
		return "", err
	}
	in, err := s.Text(words.Say("in.time", "time", "%"))
	if err != nil {
		return "", err
	}
	end, err := s.Text(words.Say("now"))
	attrs := fmt.Sprintf(`data-countdown="%s" data-countdown-text="%s" data-countdown-end="%s"`, iso(t), markup.EscapeString(in), markup.EscapeString(end))
	return element("span", attrs, text), err
}

// support says where an application's people help.
func (s speaker) support(app, uri string) (markup.HTML, error) {
	link := element("a", `href="`+markup.EscapeString(uri)+`" id="support" rel="noreferrer"`, reach(uri))
	return s.HTML(words.Say("support", "app", app, "address", link))
}

// ownLink is a link to a page of ours, with words of the catalogue.
func (s speaker) ownLink(path, key string) (markup.HTML, error) {
	text, err := s.Text(words.Say(key))
	return element("a", `href="`+markup.EscapeString(path)+`"`, text), err
}

func strong(text string) markup.HTML  { return element("strong", "", text) }
func address(text string) markup.HTML { return element("span", `class="address"`, text) }
func number(text string) markup.HTML  { return element("span", `class="number"`, text) }

// bold is for names; the word behind, if there is one, is the element's id.
func bold(args []any) (any, error) {
	text, err := markup.Arg[string](args, 0)
	if err != nil || len(args) == 1 {
		return element("b", "", text), err
	}
	id, err := markup.Arg[string](args, 1)
	return element("b", `id="`+markup.EscapeString(id)+`"`, text), err
}

// element is text in an element. attrs are written as they are.
func element(name, attrs, text string) markup.HTML {
	if attrs != "" {
		attrs = " " + attrs
	}
	return markup.HTML("<" + name + attrs + ">" + markup.EscapeString(text) + "</" + name + ">")
}
