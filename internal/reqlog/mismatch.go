package reqlog

// Mismatch is why a request of an application was refused. Seen is from outside and
// as it came: whoever keeps it cleans it first. No secret, code or token belongs
// into it.
type Mismatch struct {
	Kind     string // an idp.FailureKind
	ClientID string // as the request says; the event's own if it is ""
	Seen     string
	Wanted   string // what the client is registered with
	Answer   string // the OAuth error code, if the application got one
}

// Refused remembers why; the first reason counts.
func (e *Event) Refused(m Mismatch) {
	if e.Mismatch == nil {
		e.Mismatch = &m
	}
}
