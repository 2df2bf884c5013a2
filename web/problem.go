package web

import (
	"fmt"
	"time"
)

// Problem is an error that a person sees: what happened and what to do now. The
// server renders it as the page "problem". Cause is for the log only.
type Problem struct {
	Status  int
	Title   string
	Text    string
	Details []Detail
	Action  Action    // the way on; its zero value lets the server choose one
	EndedAt time.Time // when it was over, told before Text
	RetryAt time.Time // shown as a countdown and sent as Retry-After
	App     string
	Brand   Brand
	Cause   error
}

// Detail is one line of facts on a problem page.
type Detail struct{ Label, Value string }

// Action is a link that leads on.
type Action struct{ Label, URL string }

func (p *Problem) Error() string {
	if p.Cause != nil {
		return fmt.Sprintf("%s: %v", p.Title, p.Cause)
	}
	return p.Title
}

// Unwrap gives the cause to errors.Is and errors.As.
func (p *Problem) Unwrap() error { return p.Cause }
