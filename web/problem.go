package web

import (
	"fmt"
	"time"

	"idp/internal/words"
)

// Problem is an error that a person sees: what happened and what to do now. The
// server renders it as the page "problem". Cause is for the log only.
type Problem struct {
	Status int
	// About names its title and text in the catalogue, problem.{About}.title and
	// .text; With fills their places.
	About string
	With  []any
	// Title and Text are in plain English, instead.
	Title     string
	Text      string
	Details   []Detail  // facts for whoever runs the application, in English
	Action    Action    // the way on; its zero value lets the server choose one
	EndedAt   time.Time // when it was over, told before Text
	RetryAt   time.Time // shown as a countdown and sent as Retry-After
	App       string
	Brand     Brand
	Client    string // id of the client, which may have words of its own
	Languages string // as in Page
	Cause     error
}

// Detail is one line of facts on a problem page.
type Detail struct{ Label, Value string }

// Action is a link that leads on. Do names its label in the catalogue, do.{Do},
// in which App stands; Label is one in plain English, instead.
type Action struct{ Do, App, Label, URL string }

// Says is the action's label.
func (a Action) Says() words.Phrase {
	if a.Do == "" {
		return words.Plain(a.Label)
	}
	return words.Say("do."+a.Do, "app", a.App)
}

// Heading is the problem's title.
func (p *Problem) Heading() words.Phrase { return p.phrase(p.Title, "title") }

// Says is the problem's text.
func (p *Problem) Says() words.Phrase { return p.phrase(p.Text, "text") }

func (p *Problem) phrase(plain, part string) words.Phrase {
	if plain != "" || p.About == "" {
		return words.Plain(plain)
	}
	return words.Say("problem."+p.About+"."+part, p.With...)
}

func (p *Problem) Error() string {
	name := p.Title
	if name == "" {
		name = p.About
	}
	if p.Cause != nil {
		return fmt.Sprintf("%s: %v", name, p.Cause)
	}
	return name
}

// Unwrap gives the cause to errors.Is and errors.As.
func (p *Problem) Unwrap() error { return p.Cause }
