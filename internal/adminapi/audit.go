package adminapi

import (
	"encoding/json"
	"time"

	"idp/internal/audit"
)

// Event is something that happened.
type Event struct {
	ID      string         `json:"id"`
	Seq     int64          `json:"seq" doc:"Its place in the chain; 0 until it has one, which takes a second."`
	At      *time.Time     `json:"at"`
	Name    string         `json:"name" doc:"docs/audit.md lists them."`
	Actor   string         `json:"actor"`
	Subject string         `json:"subject" doc:"The id of the user it is about."`
	Email   string         `json:"email" doc:"Of the subject now."`
	Client  string         `json:"client"`
	IP      string         `json:"ip"`
	Request string         `json:"request"`
	Result  string         `json:"result"`
	Detail  map[string]any `json:"detail"`
}

// EventPage is some of them.
type EventPage struct {
	Events []Event `json:"events"`
	Next   string  `json:"next,omitempty" doc:"What before, or after if that was given, is for the next page; missing on the last one."`
}

// Verified is what the walk along the log found.
type Verified struct {
	OK      bool    `json:"ok" doc:"Nothing was changed."`
	First   int64   `json:"first"`
	Last    int64   `json:"last"`
	Hash    string  `json:"hash" doc:"Of the last event: keep it elsewhere with last, as an anchor."`
	Events  int64   `json:"events"`
	Erased  int64   `json:"erased" doc:"Events whose person was deleted."`
	Waiting int64   `json:"waiting" doc:"Events that are not in the chain yet."`
	Faults  []Fault `json:"faults"`
}

// Fault is a place where the log was changed.
type Fault struct {
	Seq  int64  `json:"seq"`
	What string `json:"what"`
}

// EventOf is an event as the API shows it.
func EventOf(s *audit.Seen) Event {
	e := Event{
		ID: s.ID, Seq: s.Seq, At: moment(s.At), Name: string(s.Name), Actor: s.Actor, Subject: s.Subject, Email: s.Email,
		Client: s.Client, IP: s.IP, Request: s.RequestID, Result: s.Result, Detail: map[string]any{},
	}
	if s.Detail != "" && json.Unmarshal([]byte(s.Detail), &e.Detail) != nil {
		e.Detail = map[string]any{"text": s.Detail} // written by nobody of ours
	}
	return e
}

func searchAudit(c *call) (any, error) {
	q := audit.Query{
		Actor: c.query("actor"), Client: c.query("client"), Name: c.query("name"), Result: c.query("result"), IP: c.query("ip"), RequestID: c.query("request"),
		Since: c.moment("since"), Until: c.moment("until"), After: c.query("after"), Before: c.query("before"), Limit: c.limit() + 1,
	}
	if q.After != "" && q.Before != "" {
		c.badly("before and after are both given", "One goes on to older events, the other to newer ones: give one.")
	}
	if c.fault != nil {
		return nil, nil
	}
	all, err := c.office.Events(c.ctx, c.query("user"), q)
	page := EventPage{Events: []Event{}}
	for i := range all {
		if len(page.Events) == q.Limit-1 {
			page.Next = all[i-1].ID
			break
		}
		page.Events = append(page.Events, EventOf(&all[i]))
	}
	return page, err
}

func verifyAudit(c *call) (any, error) {
	r, err := c.office.Verify(c.ctx)
	out := Verified{
		OK: len(r.Faults) == 0, First: r.First, Last: r.Last, Hash: r.Hash, Events: r.Events, Erased: r.Erased, Waiting: r.Waiting, Faults: make([]Fault, len(r.Faults)),
	}
	for i, f := range r.Faults {
		out.Faults[i] = Fault{f.Seq, f.What}
	}
	return out, err
}
