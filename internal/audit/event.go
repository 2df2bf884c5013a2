package audit

import (
	"context"
	"encoding/json"
	"strings"
	"time"
)

// Event is one thing that happened.
type Event struct {
	ID         string
	At         time.Time
	Name       Name
	Actor      string // a user's or client's id, "admin:<user>@<host>", or System
	Subject    string // the id of the user it is about
	Client     string
	IP         string // of the caller
	AddressRef string // keyed hash of an address that has no user, or that only asked; see Keys.AddressRef
	RequestID  string
	Result     string // a word: ok, or why not
	Detail     string // JSON object of identifiers; "" for none

	// Challenge is the sign-in that a note (see Recorder) is about. It is not kept:
	// storage finds the subject and the client by it.
	Challenge string
}

// Actors that are nobody in particular.
const (
	System  = "system"  // nobody asked for it
	Unknown = "unknown" // somebody who proved nothing
)

// Sealed is an event with its place in the chain. Seq is 0 as long as it has none.
type Sealed struct {
	Event
	Seq         int64
	PersonalMAC string
	Hash        string
	ErasedAt    time.Time // when IP and AddressRef were blanked; zero: never
}

// AdminPrefix is what the actors of commands and of the admin listener begin with.
const AdminPrefix = "admin:"

// Source is who acts in a context, and from where.
type Source struct {
	Actor     string // "": whoever the event is about
	IP        string
	RequestID string
	// AddressRef is the address that an administrator acts on, for events that have
	// no subject.
	AddressRef string
}

type key struct{}

// With returns a context whose events come from s.
func With(ctx context.Context, s Source) context.Context { return context.WithValue(ctx, key{}, s) }

// When is With for a source that is found out only if there is an event to tell:
// most requests have none.
func When(ctx context.Context, source func() Source) context.Context {
	return context.WithValue(ctx, key{}, source)
}

// From returns the source of the context's events; the zero Source for background
// work.
func From(ctx context.Context) Source {
	switch s := ctx.Value(key{}).(type) {
	case Source:
		return s
	case func() Source:
		return s()
	default:
		return Source{}
	}
}

// Detail writes pairs of names and values as the Detail of an event, in their order:
// give them sorted by name, so that one meaning has one text.
func Detail(pairs ...any) string {
	text := append(make([]byte, 0, 128), '{')
	for i, p := range pairs {
		switch {
		case i%2 == 1:
			text = append(text, ':')
		case i > 0:
			text = append(text, ',')
		}
		text = appendJSON(text, p)
	}
	return string(append(text, '}'))
}

// appendJSON spares identifiers, which nearly all values are, the ado of encoding/json.
func appendJSON(text []byte, value any) []byte {
	if s, ok := value.(string); ok && !strings.ContainsFunc(s, marked) {
		return append(append(append(text, '"'), s...), '"')
	}
	written, err := json.Marshal(value)
	if err != nil {
		written = []byte("null")
	}
	return append(text, written...)
}

// marked reports whether encoding/json writes r in another way in a string, or may.
func marked(r rune) bool { return r < ' ' || r > '~' || strings.ContainsRune(`"\<>&`, r) }
