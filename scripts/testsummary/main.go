// Command testsummary reads the output of go test -json and prints what a person
// wants to know: the output of what failed, a line per package, and the counts.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

func main() {
	passed, failed, skipped, brokenPackages := 0, 0, 0, 0
	output := map[string][]string{}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var e event
		if json.Unmarshal(in.Bytes(), &e) != nil {
			fmt.Println(in.Text()) // what the compiler says is no JSON
			continue
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "output", "build-output":
			output[key] = append(output[key], e.Output)
			continue
		case "pass":
			passed += one(e)
		case "skip":
			skipped += one(e)
		case "fail":
			failed += one(e)
			fmt.Print(strings.Join(output[key], ""))
			if e.Test == "" {
				brokenPackages++
				fmt.Print(strings.Join(output[" "], "")) // of the compiler
			}
		default:
			continue
		}
		delete(output, key)
		if e.Test == "" && e.Action != "skip" {
			fmt.Printf("%-4s %6.1fs  %s\n", e.Action, e.Elapsed, e.Package)
		}
	}
	fmt.Printf("Go tests: %d passed, %d failed, %d skipped\n", passed, failed, skipped)
	if failed+brokenPackages > 0 || skipped > 0 || passed == 0 {
		os.Exit(1)
	}
}

// one counts tests, not packages.
func one(e event) int {
	if e.Test == "" {
		return 0
	}
	return 1
}
