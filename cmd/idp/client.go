package main

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"text/tabwriter"

	"idp/internal/config"
	"idp/internal/presets"
	"idp/internal/snippet"
)

var presetsCommand = command{
	name:    "presets",
	summary: "list the applications that clients[].preset knows",
	help: `A preset fills the entry of a client with what its application needs; keys that
stand in the entry win. docs/applications has a page about it.

Example: idp presets
`,
	run: func(_ context.Context, e env, flags *flag.FlagSet, args []string) error {
		asJSON := jsonFlag(flags)
		markdown := flags.Bool("markdown", false, "print the table of docs/applications")
		if err := parse(flags, args); err != nil {
			return err
		}
		all, err := presets.All()
		if err != nil {
			return err
		}
		if *markdown {
			return presets.WriteTable(e.out, all)
		}
		if *asJSON {
			return printJSON(e, presetsJSON(all))
		}
		w := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "PRESET\tAPPLICATION\tURL, FOR EXAMPLE\tREDIRECT URIS")
		for _, p := range all {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", p.Key, p.Name, p.Example, strings.Join(p.At(p.Example).RedirectURIs, " "))
		}
		return w.Flush()
	},
}

type presetJSON struct {
	Preset        string   `json:"preset"`
	Name          string   `json:"name"`
	Example       string   `json:"example_url,omitempty"`
	RedirectURIs  []string `json:"redirect_uris"`
	Documentation string   `json:"documentation"`
	Notes         string   `json:"notes,omitempty"`
}

func presetsJSON(all []presets.Preset) []presetJSON {
	out := make([]presetJSON, len(all))
	for i, p := range all {
		out[i] = presetJSON{p.Key, p.Name, p.Example, p.RedirectURIs, p.Documentation, p.Notes}
	}
	return out
}

var clientSnippetCommand = command{
	name:    "client snippet",
	words:   "CLIENT",
	summary: "print what to paste into an application",
	help: `Prints the settings of the application whose client_id is given, in its own format
if the client has a preset. The secret is not among them, but where it is.

Example: idp client snippet notes --config idp.yaml
`,
	run: func(_ context.Context, e env, flags *flag.FlagSet, args []string) error {
		asJSON := jsonFlag(flags)
		cfg, id, err := configuredClient(e, flags, args)
		if err != nil {
			return err
		}
		s, err := snippet.For(cfg, id)
		if err != nil {
			return err
		}
		if *asJSON {
			return printJSON(e, s)
		}
		return s.Write(e.out)
	},
}

// configuredClient loads the configuration for a command about one declared
// client.
func configuredClient(e env, flags *flag.FlagSet, args []string) (*config.Config, string, error) {
	cfg, words, err := configuredWords(e, flags, args, "CLIENT")
	if err != nil {
		return nil, "", err
	}
	return cfg, words[0], declared(cfg, words[0])
}

// declared refuses an id that no client of the configuration has.
func declared(cfg *config.Config, id string) error {
	ids := make([]string, len(cfg.Declared))
	for i, c := range cfg.Declared {
		if c.ID == id {
			return nil
		}
		ids[i] = c.ID
	}
	return wrongly("the configuration has no client %q; it has: %s", id, strings.Join(ids, ", "))
}
