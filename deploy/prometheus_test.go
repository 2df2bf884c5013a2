package deploy_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestAlertRules(t *testing.T) {
	t.Parallel()
	var rules struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	decode(t, "prometheus/alerts.yaml", &rules)
	known := families(t)
	names := map[string]bool{}
	for _, r := range rules.Groups[0].Rules {
		if err := checkQuery(r.Expr, known); err != nil {
			t.Errorf("%s: %v", r.Alert, err)
		}
		if c := comparedWithNothing(r.Expr); c != "" {
			t.Errorf("%s: does not fire while there is no %s", r.Alert, c)
		}
		if !regexp.MustCompile(`^Idp[A-Za-z]+$`).MatchString(r.Alert) || names[r.Alert] {
			t.Errorf("%s is no name, or one of two", r.Alert)
		}
		names[r.Alert] = true
		if r.For != "" && !regexp.MustCompile(`^[0-9]+[mh]$`).MatchString(r.For) {
			t.Errorf("%s: for %s", r.Alert, r.For)
		}
		if s := r.Labels["severity"]; s != "page" && s != "ticket" {
			t.Errorf("%s: severity %q", r.Alert, s)
		}
		for _, key := range []string{"summary", "description"} {
			text := r.Annotations[key]
			if text == "" {
				t.Errorf("%s has no %s", r.Alert, key)
			}
			for _, label := range regexp.MustCompile(`\$labels\.(\w+)`).FindAllStringSubmatch(text, -1) {
				if !strings.Contains(r.Expr, label[1]) && !slices.Contains(added, label[1]) {
					t.Errorf("%s: nothing says what %s is", r.Alert, label[1])
				}
			}
		}
	}
	if len(names) < 10 {
		t.Errorf("%d rules", len(names))
	}
}

// comparedWithNothing is what a rule compares with that may not be there: series with
// labels begin with what they count, and a comparison with none of them is never true.
// Behind unless it keeps nothing from firing.
func comparedWithNothing(expr string) string {
	fires, _, _ := strings.Cut(expr, " unless ")
	if m := regexp.MustCompile(`[<>]=?\s*([^\s<>=].*)$`).FindStringSubmatch(fires); m != nil && strings.Contains(m[1], "{") {
		return m[1]
	}
	return ""
}

// What keeps everybody out has a rule of its own that gets somebody up.
func TestWhatKeepsEverybodyOutPages(t *testing.T) {
	t.Parallel()
	rules := string(read(t, "prometheus/alerts.yaml"))
	for what, expr := range map[string]string{
		"no process is known":             `absent(up{job="idp"})`,
		"a process does not answer":       `up{job="idp"} == 0`,
		"balancers send no requests":      `min by (instance) (idp_ready) == 0`,
		"the mail server refuses us":      `sum(increase(idp_mail_try_seconds_count{outcome="refused"}[30m])) > 10 unless `,
		"the mail server takes no letter": `max(idp_outbox_oldest_seconds) > 180`,
	} {
		_, rule, found := strings.Cut(rules, "expr: "+expr)
		if rule, _, _ = strings.Cut(rule, "- alert:"); !found || !strings.Contains(rule, "severity: page") {
			t.Errorf("%s: nobody gets up", what)
		}
	}
}

func TestDashboard(t *testing.T) {
	t.Parallel()
	var d struct {
		Title, UID    string
		SchemaVersion int
		Templating    struct {
			List []struct{ Name, Type, Query string }
		}
		Panels []struct {
			ID          int
			Type, Title string
			Datasource  struct{ Type, UID string }
			GridPos     struct{ X, Y, W, H int }
			Targets     []struct{ RefID, Expr, LegendFormat string }
			FieldConfig struct{ Defaults struct{ Unit string } }
			Description string
		}
	}
	if err := json.Unmarshal(read(t, "grafana/idp.json"), &d); err != nil {
		t.Fatal(err)
	}
	known := families(t)
	ids, cells := map[int]bool{}, map[[2]int]string{}
	for _, p := range d.Panels {
		if ids[p.ID] || p.Title == "" || p.Datasource.UID != "${datasource}" || !slices.Contains([]string{"stat", "timeseries"}, p.Type) || p.FieldConfig.Defaults.Unit == "" {
			t.Errorf("panel %d %q is not whole", p.ID, p.Title)
		}
		ids[p.ID] = true
		for x := range p.GridPos.W {
			for y := range p.GridPos.H {
				at := [2]int{p.GridPos.X + x, p.GridPos.Y + y}
				if at[0] >= 24 || cells[at] != "" {
					t.Fatalf("%q stands on %q, or outside", p.Title, cells[at])
				}
				cells[at] = p.Title
			}
		}
		for _, q := range p.Targets {
			if err := checkQuery(strings.ReplaceAll(q.Expr, `job="$job"`, `job="idp"`), known); err != nil {
				t.Errorf("%s: %v", p.Title, err)
			}
			if !strings.Contains(q.Expr, `job="$job"`) {
				t.Errorf("%s asks for every job", p.Title)
			}
		}
	}
	if len(d.Panels) < 15 || d.UID == "" || len(d.Templating.List) != 2 || d.SchemaVersion == 0 {
		t.Errorf("%d panels, %+v", len(d.Panels), d.Templating)
	}
}
