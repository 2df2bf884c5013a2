package pgtap

import (
	"bytes"
	"strconv"
)

// Counts are what passed through a Tap.
type Counts struct {
	Statements int64 // results and errors, BEGIN and COMMIT included
	Commits    int64 // transactions that changed at least one row
	RoundTrips int64
}

// Since returns what was added after earlier.
func (c Counts) Since(earlier Counts) Counts {
	return Counts{c.Statements - earlier.Statements, c.Commits - earlier.Commits, c.RoundTrips - earlier.RoundTrips}
}

// conversation is what must be remembered of one connection between messages.
type conversation struct{ changed bool }

// The server's messages that count.
const (
	commandComplete = 'C'
	errorResponse   = 'E'
	readyForQuery   = 'Z'
)

// next returns what one message of the server adds.
func (v *conversation) next(kind byte, body []byte) (add Counts) {
	switch kind {
	case commandComplete:
		add.Statements = 1
		switch verb, rows := tag(body); {
		case verb == "ROLLBACK":
			v.changed = false
		case rows > 0 && (verb == "INSERT" || verb == "UPDATE" || verb == "DELETE"):
			v.changed = true
		}
	case errorResponse:
		add.Statements = 1
		v.changed = false // the transaction cannot commit any more
	case readyForQuery:
		add.RoundTrips = 1
		if idle := len(body) == 1 && body[0] == 'I'; idle && v.changed {
			add.Commits, v.changed = 1, false
		}
	}
	return add
}

// tag reads a command tag such as "INSERT 0 1": the verb, and the rows at its end.
func tag(body []byte) (verb string, rows int) {
	words := bytes.Fields(bytes.TrimRight(body, "\x00"))
	if len(words) == 0 {
		return "", 0
	}
	rows, err := strconv.Atoi(string(words[len(words)-1]))
	if err != nil {
		rows = 0
	}
	return string(words[0]), rows
}
