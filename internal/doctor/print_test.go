package doctor

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
)

func newReport(t *testing.T) *Report {
	t.Helper()
	return Run(t.Context(), []Check{
		{"first", false, func(context.Context) []Finding { return []Finding{ok("fine"), problem("mend it", "broken")} }},
		{"the second", true, func(context.Context) []Finding { return []Finding{warning("see", "from the DNS: \x1b[31m\u202e\nred")} }},
	})
}

func TestText(t *testing.T) {
	var plain, coloured strings.Builder
	r := newReport(t)
	if err := r.Text(&plain, false); err != nil {
		t.Fatal(err)
	}
	want := `first       ok       fine
            problem  broken
                     → mend it
the second  warning  from the DNS: ?[31m? red
                     → see

1 ok, 0 notes, 1 warnings, 1 problems
`
	if plain.String() != want {
		t.Errorf("got\n%s\nwant\n%s", plain.String(), want)
	}
	if err := r.Text(&coloured, true); err != nil {
		t.Fatal(err)
	}
	bare := coloured.String()
	for _, c := range colours {
		bare = strings.ReplaceAll(bare, c, "")
	}
	if bare = strings.ReplaceAll(bare, plainAgain, ""); bare != want || coloured.String() == want {
		t.Errorf("colours change more than colour:\n%s", bare)
	}
}

func TestJSON(t *testing.T) {
	var b strings.Builder
	if err := newReport(t).JSON(&b); err != nil {
		t.Fatal(err)
	}
	var got Report
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Findings) != 3 || got.Findings[1] != (Finding{"first", Problem, "broken", "mend it"}) || got.Count[Problem] != 1 || got.Count[Note] != 0 {
		t.Errorf("%s", b.String())
	}
}

func TestOffline(t *testing.T) {
	for _, c := range Offline(newSubject(t, "https://login.example.com", "").Checks()) {
		if c.Network {
			t.Errorf("%s is left", c.Name)
		}
	}
}
