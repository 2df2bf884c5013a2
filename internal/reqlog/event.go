package reqlog

import (
	"context"
	"log/slog"
)

// Event is what is known about one request. It belongs to the goroutine that
// serves the request.
type Event struct {
	RequestID string
	ClientID  string
	UserID    string
	Challenge string // the id of the sign-in that the request is about
	Outcome   string // a stable name, such as "login.code_redeemed"
	Err       error
	Mismatch  *Mismatch // why the request was refused; it is in no log line
}

type key struct{}

// With returns a context that carries e.
func With(ctx context.Context, e *Event) context.Context { return context.WithValue(ctx, key{}, e) }

// From returns the event of the request, or one that nobody reads.
func From(ctx context.Context) *Event {
	if e, ok := ctx.Value(key{}).(*Event); ok {
		return e
	}
	return &Event{}
}

// MaxAttrs is how many fields an event can have.
const MaxAttrs = 5

// AppendAttrs adds the event's fields for a log line to attrs, the empty ones left
// out.
func (e *Event) AppendAttrs(attrs []slog.Attr) []slog.Attr {
	for _, f := range [...]struct{ key, value string }{
		{"request", e.RequestID}, {"client", e.ClientID}, {"user", e.UserID}, {"outcome", e.Outcome},
	} {
		if f.value != "" {
			attrs = append(attrs, slog.String(f.key, f.value))
		}
	}
	if e.Err != nil {
		attrs = append(attrs, slog.String("error", e.Err.Error()))
	}
	return attrs
}
