package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// options are the command line.
type options struct {
	rounds  int
	window  time.Duration
	workers int
	only    string
	profile string
	overlay string
	gate    bool
	mail    bool
	rows    int
	pooler  string
	beside  string
}

func main() {
	var o options
	flag.IntVar(&o.rounds, "rounds", 8, "how often each operation is measured; an even number treats both alike")
	flag.DurationVar(&o.window, "time", 600*time.Millisecond, "how long one measurement takes")
	flag.IntVar(&o.workers, "workers", 16, "callers at once")
	flag.StringVar(&o.only, "only", "", "measure only operations whose name contains this `text`")
	flag.StringVar(&o.profile, "profile", "", "profile the product in one `operation`, for twenty times -time, and measure nothing")
	flag.StringVar(&o.overlay, "overlay", "", "build the product with this `file` for go build -overlay, to try a change")
	flag.BoolVar(&o.gate, "gate", false, "fail if a goal is missed")
	flag.BoolVar(&o.mail, "mail", false, "measure how long a mail takes at 50 a second, and nothing else")
	flag.IntVar(&o.rows, "rows", 0, "measure the product with a thousand people in its tables and with so many, in turns, and nothing else")
	flag.StringVar(&o.pooler, "pooler", "", "let the targets reach PostgreSQL through a connection pooler at this `address`, host:port?parameters")
	flag.StringVar(&o.beside, "beside", "", "measure beside this `file`, another build of the product, in the place of the floor")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

var errMissed = errors.New("a goal is missed")

func run(ctx context.Context, o options, out io.Writer) (err error) {
	ops := chosen(operations, o.only)
	switch {
	case o.profile != "":
		ops = chosen(operations, o.profile)
	case o.rows > 0:
		ops = chosen(amongMany, o.only)
	}
	if len(ops) == 0 {
		return fmt.Errorf("no operation has this name; there are: %s", names(operations))
	}
	s, err := newStage(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.throughPooler(); err != nil {
		return err
	}
	if o.mail {
		return s.mailTime(ctx, out)
	}
	if o.rows > 0 {
		return s.fullTables(ctx, ops, out)
	}
	if o.profile != "" {
		return s.profile(ctx, ops[0], out)
	}
	r := &report{rows: make([]row, len(ops)), beside: o.beside != ""}
	fmt.Fprintf(out, "product and %s in turns: %s\n%s, %d workers, %d rounds of %s each\n\n",
		r.other(), names(ops), s.database, o.workers, o.rounds, o.window)
	for i, step := range []func(context.Context, []operation, *report) error{s.starts, s.counting, s.load} {
		if err := ctx.Err(); err != nil {
			return err
		}
		began := time.Now()
		if err := step(ctx, ops, r); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%s: %.0f s\n", []string{"starts", "counting", "load"}[i], time.Since(began).Seconds())
	}
	missed := r.write(out, ops)
	if o.only == "" {
		bad, err := s.crowd(ctx, out)
		if err != nil {
			return err
		}
		missed = missed || bad
	}
	if missed && o.gate {
		return errMissed
	}
	return nil
}
