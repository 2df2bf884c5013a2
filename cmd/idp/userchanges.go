package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"idp/internal/admin"
)

// userVerb is a command that changes one person, after a question if there is one.
func userVerb(name, summary, help, question, done string, do func(*admin.Service, context.Context, string) error) command {
	return command{
		name: name, words: "USER", summary: summary, help: help,
		run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
			yes := new(bool)
			if question != "" {
				yes = yesFlag(flags)
			}
			cfg, words, err := configuredWords(e, flags, args, "USER")
			if err != nil {
				return err
			}
			return withAdmin(ctx, e, cfg, func(ctx context.Context, s *admin.Service) error {
				a, err := s.User(ctx, words[0])
				if err != nil {
					return err
				}
				if question != "" {
					if err := confirm(e, *yes, question, a.Email); err != nil {
						return err
					}
				}
				if err := do(s, ctx, a.ID); err != nil {
					return err
				}
				fmt.Fprintf(e.out, done+"\n", a.Email)
				return nil
			})
		},
	}
}

var usersDisableCommand = userVerb("users disable", "keep a person out",
	`Ends their sessions and grants and tells the applications that want to hear of it.
The address can no longer sign in, and looks to strangers as it did before.

Example: idp users disable ada@example.com --config idp.yaml
`, "Disable %s and end all of their sessions?", "%s is disabled",
	func(s *admin.Service, ctx context.Context, id string) error { _, err := s.Disable(ctx, id); return err })

var usersEnableCommand = userVerb("users enable", "let a disabled person in again",
	`What ended stays ended: they sign in anew.

Example: idp users enable ada@example.com --config idp.yaml
`, "", "%s is enabled",
	func(s *admin.Service, ctx context.Context, id string) error { _, err := s.Enable(ctx, id); return err })

var usersDeleteCommand = userVerb("users delete", "delete a person and all that is held on them",
	`User, sessions, grants, consents, sign-ins and letters go; the audit log keeps what
happened and forgets whom it was about; applications that want to hear of it are
told that the sessions ended. There is no way back but a backup. If the address
signs in again, it is another user with another id: to keep somebody out, disable
them. What applications keep is theirs to delete.

Example: idp users delete ada@example.com --config idp.yaml
`, "Delete %s for good, with everything that is held on them?", "%s is deleted",
	func(s *admin.Service, ctx context.Context, id string) error { _, err := s.Delete(ctx, id); return err })

var usersExportCommand = command{
	name:    "users export",
	words:   "USER",
	summary: "print all that is held on a person, as JSON",
	help: `For people who ask what is known about them. Nothing in it opens anything.

Example: idp users export ada@example.com --config idp.yaml > ada.json
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		cfg, words, err := configuredWords(e, flags, args, "USER")
		if err != nil {
			return err
		}
		return withAdmin(ctx, e, cfg, func(ctx context.Context, s *admin.Service) error {
			held, err := s.Export(ctx, words[0])
			if err != nil {
				return err
			}
			return printJSON(e, held)
		})
	},
}

var usersGroupsCommand = command{
	name:    "users groups",
	words:   "USER",
	summary: "show or change the groups of a person",
	help: `These groups stand in the database, beside those that the configuration makes of
addresses and domains; applications get both as one claim, and clients[].allow.groups
lets in who is in either. Names are separated by commas; --set "" takes all away.

Example: idp users groups ada@example.com --config idp.yaml --add staff,ops
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		var c admin.GroupChange
		changed := false
		for _, f := range []struct {
			name, usage string
			to          *[]string
		}{
			{"set", "be in these `groups` and no others", &c.Set},
			{"add", "be in these `groups` too", &c.Add},
			{"remove", "be in these `groups` no longer", &c.Remove},
		} {
			flags.Func(f.name, f.usage, func(text string) error {
				changed, *f.to = true, names(text)
				return nil
			})
		}
		asJSON := jsonFlag(flags)
		cfg, words, err := configuredWords(e, flags, args, "USER")
		if err != nil {
			return err
		}
		return withAdmin(ctx, e, cfg, func(ctx context.Context, s *admin.Service) error {
			a, err := s.User(ctx, words[0])
			if err == nil && changed {
				a, err = s.ChangeGroups(ctx, a.ID, c)
			}
			if *asJSON && errors.Is(err, admin.ErrAlready) {
				err = nil // a script reads how it is
			}
			if err != nil {
				return err
			}
			if *asJSON {
				return printJSON(e, userOf(&a))
			}
			fmt.Fprintf(e.out, "%s: %s\n", a.Email, dash(strings.Join(a.Groups, " ")))
			return nil
		})
	},
}

// names reads a list with commas; it is empty and not nil for "".
func names(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}
