// Command idp is an OpenID Connect provider whose login is one e-mail with a
// link and a six-digit code.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"sync"
	"syscall"

	"idp/internal/storage"
)

// gcPercent spends some MiB of memory on collecting less often. What lives is a few MiB,
// however many people come and go, so twice as much more costs little. GOGC overrides it.
const gcPercent = 250

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], env{os.Stdin, os.Stdout, os.Stderr, os.Getenv}))
}

// env is what a command sees of the world.
type env struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
}

// command is one verb of the program.
type command struct {
	name    string // as typed, such as "client secret"
	words   string // what it takes beside flags, such as "USER"; "" for nothing
	summary string
	help    string // more words, and an example
	run     func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error
	// about is in the place of run for what tells of all commands.
	about func(e env, flags *flag.FlagSet, args []string, all []command) error
}

func (c *command) call(ctx context.Context, e env, flags *flag.FlagSet, args []string, all []command) error {
	if c.about != nil {
		return c.about(e, flags, args, all)
	}
	return c.run(ctx, e, flags, args)
}

// commands is the table of contents of the command line.
var commands = []command{
	devCommand, serveCommand, demoCommand, healthcheckCommand, doctorCommand, explainCommand, configCheckCommand, configDiffCommand, configSchemaCommand, migrateStatusCommand, migrateUpCommand,
	backupCommand, restoreCommand, copyCommand, epochRaiseCommand,
	presetsCommand, clientSnippetCommand, clientTestCommand, clientSecretCommand, registrationTokenCommand, keysListCommand, keysRotateCommand,
	mailPreviewCommand, mailTestCommand, mailDKIMCommand, mailBounceCommand, mailUnbounceCommand, inviteCommand, limitsCommand,
	usersListCommand, usersShowCommand, usersDisableCommand, usersEnableCommand, usersDeleteCommand, usersExportCommand, usersGroupsCommand,
	sessionsListCommand, sessionsEndCommand, grantsListCommand, grantsRevokeCommand, clientsListCommand, clientsShowCommand, clientsRemoveCommand,
	auditTailCommand, auditSearchCommand, auditVerifyCommand, rotateSecretCommand, purgeCommand,
	completionCommand, manCommand, versionCommand,
}

// The exit codes: 0 done, 1 failed, 2 called wrongly; 75 is for mail servers that pipe
// a mail to us, and keep it for a later try (sysexits.h: EX_TEMPFAIL).
const (
	exitFailed = 1
	exitUsage  = 2
	exitLater  = 75
)

// run does what was typed and returns the exit code. Output that was lost is a failure
// of whatever was printed: nobody can look for a secret in an empty file.
func run(ctx context.Context, args []string, e env) int {
	out := &kept{to: e.out}
	e.out = out
	code := dispatch(ctx, args, e)
	if err := out.failed(); err != nil && code == 0 {
		fmt.Fprintf(e.err, "idp: %s\n", err)
		return exitFailed
	}
	return code
}

// kept passes on what is printed and keeps the first error.
type kept struct {
	to    io.Writer
	mu    sync.Mutex
	first error
}

func (p *kept) Write(text []byte) (int, error) {
	n, err := p.to.Write(text)
	if err != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.first == nil {
			p.first = err
		}
	}
	return n, err
}

func (p *kept) failed() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.first
}

// dispatch finds the command and calls it.
func dispatch(ctx context.Context, args []string, e env) int {
	if len(args) == 0 {
		usage(e.out, commands)
		return exitUsage
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		return help(ctx, args[1:], e)
	case "-version", "--version":
		args = append([]string{versionCommand.name}, args[1:]...)
	}
	cmd, rest, ok := find(args)
	if !ok {
		fmt.Fprintf(e.err, "idp: %s\n", unknown(args))
		return exitUsage
	}
	flags := flag.NewFlagSet("idp "+cmd.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Usage = func() {} // a wrong flag gets one line, from here; help is asked for
	err := cmd.call(ctx, e, flags, rest, commands)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintf(e.out, "%s\n\n%s\n", cmd.summary, cmd.help) // it was asked for
		flags.SetOutput(e.out)
		flags.PrintDefaults()
		return 0
	}
	fmt.Fprintf(e.err, "idp: %s\n", told(err))
	var wrong calledWrongly
	if errors.As(err, &wrong) {
		return exitUsage
	}
	if errors.As(err, new(keepMail)) {
		return exitLater
	}
	return exitFailed
}

// told is an error as people read it.
func told(err error) string {
	if text := storage.Unreached(err); text != "" {
		return text + ". More: idp doctor"
	}
	return err.Error()
}

// calledWrongly marks an error whose cause is what was typed: a flag, a word, or a
// name that does not exist. There is no other way to say so.
type calledWrongly struct{ error }

func (c calledWrongly) Unwrap() error { return c.error }

// wrongly makes such an error.
func wrongly(format string, args ...any) error { return calledWrongly{fmt.Errorf(format, args...)} }

// keepMail marks an error after which the mail that was piped to us should be piped
// once more.
type keepMail struct{ error }

func (k keepMail) Unwrap() error { return k.error }

// parse reads the flags of a command that takes no words.
func parse(flags *flag.FlagSet, args []string) error {
	_, err := parseWords(flags, args)
	return err
}

// parseWords reads a command's flags and the words between them, which may stand in
// any order. Exactly the named words are wanted; the names are for the person who
// left one out.
func parseWords(flags *flag.FlagSet, args []string, names ...string) ([]string, error) {
	words, err := parseOptional(flags, args, names...)
	if err == nil && len(words) < len(names) {
		return nil, wrongly("missing: %s; see: %s -h", names[len(words)], flags.Name())
	}
	return words, err
}

// parseOptional is parseWords for words that may be left out.
func parseOptional(flags *flag.FlagSet, args []string, names ...string) ([]string, error) {
	var words []string
	for {
		if err := flags.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, wrongly("%w; see: %s -h", err, flags.Name())
		}
		if flags.NArg() == 0 {
			break
		}
		words, args = append(words, flags.Arg(0)), flags.Args()[1:]
	}
	if len(words) > len(names) {
		return nil, wrongly("unexpected: %s", words[len(names)])
	}
	return words, nil
}

// find matches the longest command name at the start of args.
func find(args []string) (command, []string, bool) {
	for n := min(2, len(args)); n > 0; n-- {
		name := args[0]
		if n == 2 {
			name += " " + args[1]
		}
		for _, c := range commands {
			if c.name == name {
				return c, args[n:], true
			}
		}
	}
	return command{}, nil, false
}

func usage(w io.Writer, some []command) {
	fmt.Fprint(w, "idp is an OpenID Connect provider whose login is one e-mail with a link and a code.\n\n")
	for _, c := range some {
		fmt.Fprintf(w, "  idp %-25s %s\n", c.name, c.summary)
	}
	fmt.Fprint(w, "\nMore about one of them: idp COMMAND -h\n")
}
