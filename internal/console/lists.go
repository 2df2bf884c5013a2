package console

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"idp/internal/admin"
	"idp/internal/audit"
	"idp/internal/idp"
	"idp/internal/magiclink"
)

// clients lists the applications.
func (c *Console) clients(v *visit) error {
	all, err := v.office.Clients(v.r.Context())
	if err != nil {
		return err
	}
	return c.show(v, view{Page: "clients", Title: "Applications", Section: "/clients", Data: all})
}

// setting is one line of an application's settings.
type setting struct{ Name, Value string }

// client shows what one is registered with.
func (c *Console) client(v *visit) error {
	r, err := v.office.Client(v.r.Context(), v.r.PathValue("client"))
	if err != nil {
		return err
	}
	all, err := r.Settings()
	if err != nil {
		return err
	}
	data := struct {
		Client   idp.ClientRecord
		Secrets  int
		Settings []setting
	}{Client: r, Secrets: len(r.SecretHashes)}
	for name, value := range all {
		data.Settings = append(data.Settings, setting{name, worded(value)})
	}
	slices.SortFunc(data.Settings, func(a, b setting) int { return cmp.Compare(a.Name, b.Name) })
	return c.show(v, view{Page: "client", Title: r.Name, Section: "/clients", Data: data})
}

// worded is a setting as a line: texts and lists of them as they are, anything else
// as JSON.
func worded(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case []any:
		all := make([]string, len(v))
		for i := range v {
			all[i] = worded(v[i])
		}
		return strings.Join(all, ", ")
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

// mail shows the letters that wait.
func (c *Console) mail(v *visit) error {
	n, oldest, err := v.office.Mail.WaitingLetters(v.r.Context(), c.Now())
	if err != nil {
		return err
	}
	letters, err := v.office.Mail.QueuedLetters(v.r.Context(), pageSize, c.Now())
	if err != nil {
		return err
	}
	return c.show(v, view{Page: "mail", Title: "Mail", Section: "/mail", Data: struct {
		Waiting int
		Oldest  time.Time
		Letters []magiclink.QueuedLetter
	}{n, oldest, letters}})
}

// keys lists what tokens are signed with.
func (c *Console) keys(v *visit) error {
	all, err := v.office.Signing.List(v.r.Context())
	if err != nil {
		return err
	}
	return c.show(v, view{Page: "keys", Title: "Keys", Section: "/keys", Notice: notices[v.query("done")], Data: all})
}

// audit searches what happened.
func (c *Console) audit(v *visit) error {
	q := audit.Query{
		Name: v.query("name"), Client: v.query("client"), RequestID: v.query("request"), Before: v.query("before"), Limit: pageSize + 1,
	}
	who := v.query("user")
	events, err := v.office.Events(v.r.Context(), who, q)
	if err != nil {
		return err
	}
	data := struct {
		Who    string
		Query  audit.Query
		Events []audit.Seen
		Next   string
	}{Who: who, Query: q, Events: events}
	if len(events) > pageSize {
		data.Events = events[:pageSize]
		data.Next = "/audit?" + url.Values{"user": {who}, "name": {q.Name}, "client": {q.Client}, "request": {q.RequestID}, "before": {events[pageSize-1].ID}}.Encode()
	}
	return c.show(v, view{Page: "audit", Title: "Audit log", Section: "/audit", Data: data})
}

// failures says why sign-ins failed.
func (c *Console) failures(v *visit) error {
	client, request := v.query("client"), v.query("request")
	all, err := v.office.Failures(v.r.Context(), client, request, pageSize)
	if err != nil {
		return err
	}
	return c.show(v, view{Page: "failures", Title: "Failures", Section: "/failures", Data: struct {
		Client, Request string
		Failures        []admin.Failure
	}{client, request, all}})
}
