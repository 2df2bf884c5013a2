package web

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"idp/internal/words"
)

// speaker gives templates the words of one language. Their functions are its
// methods, bound once for each language.
type speaker struct {
	*words.Words
	now func() time.Time
}

func (s speaker) funcs() template.FuncMap {
	return template.FuncMap{
		"t": s.t, "say": s.Any, "list": s.list, "app": s.app, "until": s.until, "countdown": s.countdown, "time": s.time,
		"strong": strong, "bold": bold, "address": address, "number": number, "hosts": s.hosts, "ownlink": s.ownLink,
		"iso": iso, "mask": maskAddress, "host": hostOf, "sheet": sheetURL, "support": s.support,
	}
}

func (s speaker) t(key string, args ...any) (any, error) { return s.Any(words.Say(key, args...)) }

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
func (s speaker) hosts(uris []string) (template.HTML, error) {
	var out template.HTML
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
func (s speaker) time(t time.Time) (template.HTML, error) {
	text, err := s.clock(t, s.now())
	return element("time", `datetime="`+iso(t)+`" data-clock`, text), err
}

// countdown is until, and counts with script.
func (s speaker) countdown(t time.Time) (template.HTML, error) {
	text, err := s.until(t)
	if err != nil {
		return "", err
	}
	in, err := s.Text(words.Say("in.time", "time", "%"))
	if err != nil {
		return "", err
	}
	end, err := s.Text(words.Say("now"))
	attrs := fmt.Sprintf(`data-countdown="%s" data-countdown-text="%s" data-countdown-end="%s"`, iso(t), template.HTMLEscapeString(in), template.HTMLEscapeString(end))
	return element("span", attrs, text), err
}

// support says where an application's people help.
func (s speaker) support(app, uri string) (template.HTML, error) {
	link := element("a", `href="`+template.HTMLEscapeString(uri)+`" id="support" rel="noreferrer"`, reach(uri))
	return s.HTML(words.Say("support", "app", app, "address", link))
}

// ownLink is a link to a page of ours, with words of the catalogue.
func (s speaker) ownLink(path, key string) (template.HTML, error) {
	text, err := s.Text(words.Say(key))
	return element("a", `href="`+template.HTMLEscapeString(path)+`"`, text), err
}

func strong(text string) template.HTML  { return element("strong", "", text) }
func address(text string) template.HTML { return element("span", `class="address"`, text) }
func number(text string) template.HTML  { return element("span", `class="number"`, text) }

// bold is for names; the word behind, if there is one, is the element's id.
func bold(text string, id ...string) template.HTML {
	if len(id) == 0 {
		return element("b", "", text)
	}
	return element("b", `id="`+template.HTMLEscapeString(id[0])+`"`, text)
}

// element is text in an element. attrs are written as they are.
func element(name, attrs, text string) template.HTML {
	if attrs != "" {
		attrs = " " + attrs
	}
	var b strings.Builder
	b.WriteString("<" + name + attrs + ">")
	template.HTMLEscape(&b, []byte(text))
	b.WriteString("</" + name + ">")
	return template.HTML(b.String()) //nolint:gosec // text is escaped here, attributes by the callers above
}
