package apptest

import (
	"net/url"
	"strings"
)

// Form is a form of a page with the values that it would send.
type Form struct {
	ID, Method, Action string
	Values             url.Values
	Buttons            []Button
}

// Button is a button that sends its form.
type Button struct{ ID, Name, Value, Text string }

// Forms returns the forms of the page, in order.
func (p *Page) Forms() []*Form {
	var forms []*Form
	for _, n := range p.root.all("form") {
		forms = append(forms, p.readForm(n))
	}
	return forms
}

// Form returns the form whose action has this path, and fails the test if there
// is none.
func (p *Page) Form(path string) *Form {
	p.t.Helper()
	f := p.find(path)
	if f == nil {
		p.t.Fatalf("there is no form to %s on %s", path, p)
	}
	return f
}

// HasForm reports whether a form of the page has this path as its action.
func (p *Page) HasForm(path string) bool { return p.find(path) != nil }

func (p *Page) find(path string) *Form {
	for _, f := range p.Forms() {
		if u, err := url.Parse(f.Action); err == nil && u.Path == path && !p.foreign(f.Action) {
			return f
		}
	}
	return nil
}

// Set fills in a field and returns the form.
func (f *Form) Set(name, value string) *Form {
	f.Values.Set(name, value)
	return f
}

func (p *Page) readForm(form *node) *Form {
	f := &Form{ID: form.attrs["id"], Method: strings.ToUpper(form.attrs["method"]), Action: form.attrs["action"], Values: url.Values{}}
	if f.Action == "" {
		f.Action = p.URL.RequestURI()
	}
	for _, n := range form.all("") {
		a := n.attrs
		switch {
		case n.name == "input" && a["name"] != "":
			f.Values.Add(a["name"], a["value"])
		case n.name == "button":
			f.Buttons = append(f.Buttons, Button{a["id"], a["name"], a["value"], n.content()})
		}
	}
	return f
}

// button returns the button with this id, or the first one for "".
func (f *Form) button(id string) (Button, bool) {
	for _, b := range f.Buttons {
		if id == "" || b.ID == id {
			return b, true
		}
	}
	return Button{}, id == ""
}
