package deploy_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"idp/internal/metrics"
)

// The parser of Prometheus would bring more dependencies than the program has. What
// goes wrong in practice is a name: of a metric, a label or a function.
var (
	token     = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|[a-zA-Z_:$][a-zA-Z0-9_:]*|[0-9]+[smhd]\b|[0-9.]+|[=!]~|[=!<>]=|\S`)
	functions = []string{"sum", "max", "min", "rate", "increase", "histogram_quantile", "topk", "absent"}
	grouping  = []string{"by", "without"}
	operators = []string{"and", "or", "unless", "bool", "on", "ignoring"}
	added     = []string{"job", "instance"} // to every series, by Prometheus
)

// checkQuery returns what is wrong with a query.
func checkQuery(query string, known map[string]metrics.Family) error {
	tokens := token.FindAllString(query, -1)
	var open []string
	var used []string // labels that the metrics of the query have
	for _, t := range tokens {
		if f, ok := known[t]; ok {
			used = append(used, f.Labels...)
		}
	}
	for i, t := range tokens {
		next := ""
		if i+1 < len(tokens) {
			next = tokens[i+1]
		}
		inside := ""
		if len(open) > 0 {
			inside = open[len(open)-1]
		}
		switch {
		case t == "(" && i > 0 && slices.Contains(grouping, tokens[i-1]):
			open = append(open, "labels")
		case t == "(" || t == "{" || t == "[":
			open = append(open, t)
		case t == ")" || t == "}" || t == "]":
			if want := map[string]string{"(": ")", "labels": ")", "{": "}", "[": "]"}[inside]; want != t {
				return fmt.Errorf("%s closes nothing", t)
			}
			open = open[:len(open)-1]
		case inside == "[":
			if !regexp.MustCompile(`^[0-9]+[smhd]$`).MatchString(t) {
				return fmt.Errorf("[%s] is no time span", t)
			}
		case !regexp.MustCompile(`^[a-zA-Z_]`).MatchString(t):
		case inside == "{" || inside == "labels":
			if !slices.Contains(used, t) && !slices.Contains(added, t) {
				return fmt.Errorf("no metric of it has the label %s", t)
			}
		case slices.Contains(functions, t):
			if next != "(" && !slices.Contains(grouping, next) {
				return fmt.Errorf("%s is called with nothing", t)
			}
		case slices.Contains(grouping, t) || slices.Contains(operators, t):
		default:
			if _, ok := known[t]; !ok {
				return fmt.Errorf("there is no metric %s", t)
			}
		}
	}
	if len(open) > 0 {
		return fmt.Errorf("%s is not closed", open[0])
	}
	if !strings.Contains(query, "_") && !strings.Contains(query, "up") {
		return fmt.Errorf("it asks for nothing")
	}
	return nil
}

// The check itself can fail.
func TestCheckQuery(t *testing.T) {
	known := map[string]metrics.Family{"a_total": {Labels: []string{"who"}}, "b_bucket": {Labels: []string{"le", "route"}}}
	for query, want := range map[string]string{
		`sum by (who) (rate(a_total{who="x",job="idp"}[5m])) > 1`:   "",
		`histogram_quantile(0.9, sum by (le) (rate(b_bucket[1h])))`: "",
		`rate(c_total[5m])`:                     "no metric c_total",
		`sum by (le) (a_total)`:                 "label le",
		`a_total{route="x"}`:                    "label route",
		`sum(rate(a_total[5m])`:                 "not closed",
		`sum(rate(a_total[5m]}))`:               "closes nothing",
		`rate(a_total[five])`:                   "no time span",
		`quantile_over_histogram(a_total)`:      "no metric quantile_over",
		`sum(a_total{who="no metric c_total"})`: "",
	} {
		err := checkQuery(query, known)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", query, err, want)
		}
	}
}
