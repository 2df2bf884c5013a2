package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"idp/internal/audit"
	"idp/internal/idp"
)

// Threat: a name, a browser or an event that steers the terminal of whoever lists it:
// colours, titles, other lines, text that runs the other way.
func TestNothingSteersTheTerminal(t *testing.T) {
	t.Parallel()
	const evil = "a\x1b[2J\u009b2Jb\u202ec\x7f\u2028d\U000e0041"
	event := audit.Seen{Sealed: audit.Sealed{Event: audit.Event{
		Name: audit.LimitHit, Client: evil, Actor: evil, Detail: audit.Detail("agent", evil),
	}}}
	report := audit.Report{Faults: []audit.Fault{{Seq: 1, ID: evil, What: "was changed"}}}
	session := idp.Session{ID: "ses_x", IP: evil, UserAgent: evil}
	for what, show := range map[string]func(e env) error{
		"a table":       func(e env) error { return table(e, "A\tB", [][]string{{evil, "x"}}) },
		"sessions":      func(e env) error { return sessionRows.print(e, false, []idp.Session{session}) },
		"sessions JSON": func(e env) error { return sessionRows.print(e, true, []idp.Session{session}) },
		"an event":      func(e env) error { return printEvent(e, &event, false) },
		"an event JSON": func(e env) error { return printEvent(e, &event, true) },
		"a report":      func(e env) error { printReport(e, &report); return nil },
		"a report JSON": func(e env) error { return printJSON(e, reportOf(&report)) },
	} {
		var out bytes.Buffer
		if err := show(env{out: &out}); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if strings.ContainsAny(out.String(), "\x1b\u009b\u202e\x7f\u2028\U000e0041") {
			t.Errorf("%s: %q", what, out.String())
		}
		if strings.HasSuffix(what, "JSON") && what != "an event JSON" && !strings.Contains(decoded(t, out.Bytes()), evil) {
			t.Errorf("%s says something else: %s", what, out.String())
		}
	}
}

// decoded is JSON with the texts in it as they are.
func decoded(t *testing.T, text []byte) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return strings.Join(texts(v), "\n")
}

func texts(v any) (all []string) {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		for _, one := range v {
			all = append(all, texts(one)...)
		}
	case map[string]any:
		for _, one := range v {
			all = append(all, texts(one)...)
		}
	}
	return all
}

// Threat: an event whose detail is no JSON, which only the owner of the database can
// write, ends the list in front of all that are older.
func TestNoEventEndsTheList(t *testing.T) {
	t.Parallel()
	event := audit.Seen{Sealed: audit.Sealed{Event: audit.Event{Name: audit.LimitHit, Detail: "no JSON"}}}
	var out bytes.Buffer
	if err := printEvent(env{out: &out}, &event, true); err != nil || !strings.Contains(out.String(), `"detail":{"text":"no JSON"}`) {
		t.Errorf("%s, %v", out.String(), err)
	}
}
