package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"text/tabwriter"
	"time"

	"idp/internal/app"
	"idp/internal/config"
	"idp/internal/magiclink"
	"idp/internal/storage"
)

var limitsCommand = command{
	name:    "limits",
	summary: "show the budgets against abuse and how full they are",
	help: `Lists every budget of mails and codes with what is used of it now. Counters carry
no names, so what an address or a network has used is shown for those you give.
docs/limits.md explains the budgets.

Example: idp limits --config idp.yaml --address ada@example.com --network 192.0.2.7
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		address := flags.String("address", "", "show what this `address` has used")
		network := flags.String("network", "", "show what the network of this IP `address` has used")
		asJSON := jsonFlag(flags)
		cfg, err := configured(e, flags, args)
		if err != nil {
			return err
		}
		email, net, err := whose(cfg, *address, *network)
		if err != nil {
			return err
		}
		ring, err := app.Keyring(cfg)
		if err != nil {
			return err
		}
		return withStore(cfg, func(s *storage.Store) error {
			uses, err := magiclink.Present(ctx, s, ring, cfg.Settings().Limits, email, net, time.Now())
			if err != nil {
				return err
			}
			if *asJSON {
				return printJSON(e, usesJSON(uses))
			}
			return printUses(e.out, uses)
		})
	},
}

// whose makes what counters are kept by of an address and an IP address.
func whose(cfg *config.Config, address, ip string) (email, network string, err error) {
	if address != "" {
		if email, err = cfg.ParseAddress(address); err != nil {
			return "", "", wrongly("--address: %w", err)
		}
	}
	if ip != "" {
		addr, err := netip.ParseAddr(ip)
		if err != nil {
			return "", "", wrongly("--network must be an IP address: %w", err)
		}
		network = magiclink.Network(addr)
	}
	return email, network, nil
}

type useJSON struct {
	Limit  string     `json:"limit"`
	Of     string     `json:"of"`
	Max    int        `json:"max"`
	Window string     `json:"window"`
	Used   *int       `json:"used"` // null: whose is not given
	Ends   *time.Time `json:"ends,omitempty"`
}

func usesJSON(uses []magiclink.Use) []useJSON {
	out := make([]useJSON, len(uses))
	for i, u := range uses {
		out[i] = useJSON{Limit: u.Limit, Of: u.Of, Max: u.Max, Window: config.Duration(u.Window).String()}
		if u.Used >= 0 {
			out[i].Used = &u.Used
		}
		if !u.Ends.IsZero() {
			out[i].Ends = &u.Ends
		}
	}
	return out
}

func printUses(out io.Writer, uses []magiclink.Use) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "LIMIT\tOF ONE\tUSED\tMAX\tIN\tUNTIL (UTC)")
	for _, u := range uses {
		used, until := "-", ""
		if u.Used >= 0 {
			used = fmt.Sprint(u.Used)
		}
		if !u.Ends.IsZero() {
			until = u.Ends.UTC().Format(time.DateTime)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\n", u.Limit, u.Of, used, u.Max, config.Duration(u.Window), until)
	}
	return w.Flush()
}
