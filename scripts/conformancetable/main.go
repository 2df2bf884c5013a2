// Command conformancetable turns the output of the conformance tests into the
// table of docs/conformance.md:
//
//	scripts/with-postgres go test -json ./internal/conformance | go run ./scripts/conformancetable
//
// It fails if a module failed or was skipped.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

// event is a line of go test -json.
type event struct{ Action, Test, Output string }

// row is one module of one plan.
type row struct{ plan, module, checks, result string }

func main() {
	rows, order := map[string]*row{}, []string(nil)
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		var e event
		if json.Unmarshal(in.Bytes(), &e) != nil {
			continue
		}
		_, module, found := strings.Cut(e.Test, "/")
		if !found || strings.Contains(module, "/") {
			continue // the plan, or one database of a module
		}
		r := rows[e.Test]
		if r == nil {
			r = &row{module: module}
			rows[e.Test], order = r, append(order, e.Test)
		}
		switch e.Action {
		case "pass", "fail", "skip":
			r.result = e.Action
		case "output": // "    plans_test.go:1: plan | what is checked"
			if _, text, ok := strings.Cut(e.Output, "_test.go:"); ok && r.checks == "" {
				_, text, _ = strings.Cut(text, ": ")
				r.plan, r.checks, _ = strings.Cut(strings.TrimSpace(text), " | ")
			}
		}
	}
	good := len(order) > 0
	for _, plan := range plansOf(rows, order) {
		fmt.Printf("\n#### %s\n\n| module | what is checked | our test |\n|---|---|---|\n", plan)
		for _, name := range order {
			if r := rows[name]; r.plan == plan {
				fmt.Printf("| %s | %s | %s |\n", r.module, r.checks, r.result)
				good = good && r.result == "pass"
			}
		}
	}
	if !good {
		os.Exit(1)
	}
}

// plansOf lists the plans by name: which test began first is chance.
func plansOf(rows map[string]*row, order []string) []string {
	var out []string
	for _, name := range order {
		if plan := rows[name].plan; plan != "" && !slices.Contains(out, plan) {
			out = append(out, plan)
		}
	}
	slices.Sort(out)
	return out
}
