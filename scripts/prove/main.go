// Command prove plays the long form of every laboratory and writes what they
// found: make prove. Arguments choose laboratories by a part of their name; then
// nothing is written but the table on standard output.
package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
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
	began, failed := time.Now(), false
	var results []result
	for _, l := range laboratories {
		if !l.among(chosen) {
			continue
		}
		fmt.Fprintf(os.Stderr, "%s ...\n", l.name)
		r := l.play(ctx)
		failed = failed || r.err != nil
		results = append(results, r)
	}
	var text bytes.Buffer
	write(&text, results, began)
	if _, err := io.Copy(os.Stdout, bytes.NewReader(text.Bytes())); err != nil {
		return fmt.Errorf("print the table: %w", err)
	}
	if failed {
		return errFailed
	}
	if len(chosen) > 0 {
		return nil
	}
	if err := os.WriteFile(proof, text.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write the table: %w", err)
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

// result is what one laboratory found.
type result struct {
	laboratory
	figures [][2]string // what was done, what came of it
	took    time.Duration
	err     error
}

// command is how anybody plays the laboratory alone.
func (l laboratory) command() []string {
	return []string{"go", "test", "-v", "-count=1", "-timeout=4h", "-run=" + l.run, l.pkg}
}

// share is how much of the long form is played: all of it, unless the environment
// says less.
func share() string { return cmp.Or(os.Getenv(prove.Switch), "1") }

func (l laboratory) play(ctx context.Context) result {
	var out bytes.Buffer
	args, began := l.command(), time.Now()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), prove.Switch+"="+share())
	cmd.Stdout, cmd.Stderr = &out, &out
	r := result{laboratory: l, err: cmd.Run()}
	r.took = time.Since(began)
	for line := range strings.Lines(out.String()) {
		if _, figure, found := strings.Cut(line, prove.Mark); found {
			did, came, _ := strings.Cut(strings.TrimSpace(figure), prove.Between)
			r.figures = append(r.figures, [2]string{did, came})
		}
	}
	if r.err == nil && len(r.figures) == 0 {
		r.err = errors.New("it has no figures")
	}
	if r.err != nil {
		fmt.Fprintf(os.Stderr, "%s\n%s: %v\n", out.Bytes(), l.name, r.err)
	}
	return r
}

func write(w io.Writer, results []result, began time.Time) {
	fmt.Fprintf(w, `# Proof

What the laboratories found. %[1]smake prove%[1]s played them with IDP_PROVE=%[6]s (1 is the whole long form, 0.1 a tenth of
each count) and wrote this page; do not edit it. Every run of the tests plays their short forms.

%[2]s, %[3]d processor cores, %[4]s, %.0[5]f minutes in all.

| laboratory | what was done | what came of it | seconds |
|---|---|---|---|
`, "`", began.UTC().Format("2006-01-02"), runtime.NumCPU(), runtime.Version(), time.Since(began).Minutes(), share())
	for _, r := range results {
		if r.err != nil {
			fmt.Fprintf(w, "| %s | | **failed**: %v | %.0f |\n", r.name, r.err, r.took.Seconds())
		}
		for i, f := range r.figures {
			name, took := r.name, fmt.Sprintf("%.0f", r.took.Seconds())
			if i > 0 {
				name, took = "", ""
			}
			fmt.Fprintf(w, "| %s | %s | %s | %s |\n", name, f[0], f[1], took)
		}
	}
	fmt.Fprintf(w, "\nOne of them alone, behind `IDP_PROVE=%s scripts/with-postgres`:\n\n", share())
	for _, r := range results {
		fmt.Fprintf(w, "- %s: `%s`\n", r.name, strings.Join(r.command(), " "))
	}
}
