package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/user"
	"strings"
	"text/tabwriter"
	"time"

	"idp/internal/admin"
	"idp/internal/app"
	"idp/internal/audit"
	"idp/internal/config"
	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/storage"
)

// acting is a context in which the person at the keyboard acts.
func acting(ctx context.Context, e env) context.Context {
	name, host := "unknown", "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if sudo := e.getenv("SUDO_USER"); sudo != "" && os.Geteuid() == 0 {
		name = sudo
	}
	if h, err := os.Hostname(); err == nil {
		host = h
	}
	return admin.As(ctx, name+"@"+host)
}

// withAdmin does something with the verbs of administration. What it changed is
// sealed in the audit log before the command ends.
func withAdmin(ctx context.Context, e env, cfg *config.Config, do func(ctx context.Context, s *admin.Service) error) error {
	ring, err := app.Keyring(cfg)
	if err != nil {
		return err
	}
	ctx = acting(ctx, e)
	return withStore(cfg, func(store *storage.Store) error {
		keys, err := audit.LoadKeys(ctx, store, ring)
		if err != nil {
			return err
		}
		s := &admin.Service{Store: store, Keys: keys, Now: time.Now, ParseAddress: cfg.ParseAddress, MayInvite: cfg.MayInvite}
		switch err := do(ctx, s); {
		case errors.Is(err, admin.ErrAlready):
			text, _ := strings.CutSuffix(err.Error(), ": "+admin.ErrAlready.Error())
			fmt.Fprintln(e.out, text)
		case errors.Is(err, idp.ErrNotFound):
			text, _ := strings.CutSuffix(err.Error(), ": "+idp.ErrNotFound.Error())
			return calledWrongly{errors.New(text)}
		case errors.Is(err, magiclink.ErrAddress), errors.Is(err, admin.ErrGroup), errors.Is(err, admin.ErrLife):
			return calledWrongly{err}
		case err != nil:
			return err
		}
		if err := s.Seal(ctx); err != nil && !errors.Is(err, audit.ErrBroken) {
			return err
		}
		return nil
	})
}

// confirm asks before something ends. Where nobody can answer, only --yes is one.
func confirm(e env, yes bool, question string, args ...any) error {
	if yes {
		return nil
	}
	f, file := e.in.(*os.File)
	if file {
		info, err := f.Stat()
		file = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	if !file {
		return wrongly("this asks for a yes, and there is no terminal; give --yes")
	}
	fmt.Fprintf(e.err, question+" [y/N] ", args...)
	line, err := bufio.NewReader(f).ReadString('\n')
	if err != nil && line == "" { // such as /dev/null, which looks like a terminal
		fmt.Fprintln(e.err)
		return wrongly("this asks for a yes, and nobody answers; give --yes")
	}
	if a := strings.ToLower(strings.TrimSpace(line)); a != "y" && a != "yes" {
		return errors.New("nothing was done")
	}
	return nil
}

// loaded is for a command that read its flags by itself.
func loaded(e env, path string) (*config.Config, error) {
	cfg, err := config.Load(path, e.getenv)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w; name the file with --config", err)
	}
	return cfg, err
}

// Flags that several commands have.
func yesFlag(flags *flag.FlagSet) *bool {
	return flags.Bool("yes", false, "do not ask")
}

func jsonFlag(flags *flag.FlagSet) *bool {
	return flags.Bool("json", false, "print JSON")
}

func jsonLinesFlag(flags *flag.FlagSet) *bool {
	return flags.Bool("json", false, "print one JSON object per line")
}

func printJSON(e env, v any) error { return encode(e, v, "  ") }

// printJSONLine is printJSON for one of many, in one line.
func printJSONLine(e env, v any) error { return encode(e, v, "") }

func encode(e env, v any, indent string) error {
	var text strings.Builder
	enc := json.NewEncoder(&text)
	enc.SetIndent("", indent)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(e.out, plainJSON(text.String()))
	return err
}

// table prints rows under headings.
func table(e env, heading string, rows [][]string) error {
	w := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, heading)
	for _, row := range rows {
		cells := make([]string, len(row))
		for i := range row {
			cells[i] = plain(row[i])
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	return w.Flush()
}

// stamp is a time in a table, UTC; "-" for never.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.DateTime)
}

// moment is a time in JSON; nil for never.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// dash stands for nothing in a table.
func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
