// Command prove plays the long form of laboratories and writes what they found to
// docs/proof.md: make prove. Arguments choose laboratories by a part of their name;
// the rows of the others stay as they are. A laboratory's rows are written when it is
// over, so that a run that is broken off has lost one at most.
package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"time"

	"idp/internal/prove"
)

// proof is where the figures go.
const proof = "docs/proof.md"

var errFailed = errors.New("a laboratory failed; its output is above")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "prove:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, chosen []string) error {
	text, err := os.ReadFile(proof)
	if err != nil {
		return fmt.Errorf("read the table: %w", err)
	}
	rows, failed := readRows(string(text)), false
	for _, l := range laboratories {
		if !l.among(chosen) {
			continue
		}
		fmt.Fprintf(os.Stderr, "%s ...\n", l.name)
		found, err := l.play(ctx)
		if ctx.Err() != nil {
			return fmt.Errorf("%s: %w", l.name, ctx.Err())
		}
		failed = failed || err != nil
		rows[l.name] = found
		if err := os.WriteFile(proof, page(rows), 0o644); err != nil {
			return fmt.Errorf("write the table: %w", err)
		}
	}
	if failed {
		return errFailed
	}
	return nil
}

func (l laboratory) among(chosen []string) bool {
	for _, part := range chosen {
		if strings.Contains(l.name, part) {
			return true
		}
	}
	return len(chosen) == 0
}

// command is how anybody plays the laboratory alone.
func (l laboratory) command() []string {
	return []string{"go", "test", "-v", "-count=1", "-timeout=4h", "-run=" + l.run, l.pkg}
}

// share is how much of the long form is played: all of it, unless the environment
// says less.
func share() string { return cmp.Or(os.Getenv(prove.Switch), "1") }

// play returns the rows of the table; with an error, one that says so.
func (l laboratory) play(ctx context.Context) ([]row, error) {
	var out bytes.Buffer
	args, began := l.command(), time.Now()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), prove.Switch+"="+share())
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	of := row{share: share(), seconds: fmt.Sprintf("%.0f", time.Since(began).Seconds()), date: began.UTC().Format(time.DateOnly)}
	var found []row
	for line := range strings.Lines(out.String()) {
		if _, figure, ok := strings.Cut(line, prove.Mark); ok {
			r := of
			r.did, r.came, _ = strings.Cut(strings.TrimSpace(figure), prove.Between)
			found, of = append(found, r), row{}
		}
	}
	if err == nil && len(found) == 0 {
		err = errors.New("it has no figures")
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s\n%s: %v\n", out.Bytes(), l.name, err)
		of.came = "**failed**: " + err.Error()
		return []row{of}, err
	}
	return found, nil
}
