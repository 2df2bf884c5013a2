package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"idp/internal/admin"
	"idp/internal/audit"
	"idp/internal/config"
	"idp/internal/idp"
)

// moments reads a point in time, or a span before now.
func moments(flag, text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	var d config.Duration
	if d.UnmarshalYAMLText(text) == nil {
		return now.Add(-d.Std()), nil
	}
	for _, layout := range []string{time.RFC3339, time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, wrongly("%s must be a time such as 2026-01-31T10:00:00Z, a day, or a span such as 36h or 7d", flag)
}

var auditVerifyCommand = command{
	name:    "audit verify",
	summary: "check that nobody changed the audit log",
	help: `Walks along the whole chain and lists what was changed, deleted, inserted, exchanged
or cut off; exits with 1 if there is anything. A database that was put back to an
earlier state as a whole shows only against an anchor: give one from a server's log
(audit anchor), or the last line of an earlier run of this. Exits with 1, too, if all
that are given are of events that were purged. docs/audit.md says more.

Example: idp audit verify --config idp.yaml --anchor 1042:Zm9v
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		var anchors []audit.Anchor
		flags.Func("anchor", "a `place` and its hash, SEQ:HASH (may be repeated)", func(text string) error {
			seq, hash, ok := strings.Cut(text, ":")
			n, err := strconv.ParseInt(seq, 10, 64)
			if !ok || err != nil || n < 1 || hash == "" {
				return errors.New("must be SEQ:HASH")
			}
			anchors = append(anchors, audit.Anchor{Seq: n, Hash: hash})
			return nil
		})
		asJSON := jsonFlag(flags)
		cfg, err := configured(e, flags, args)
		if err != nil {
			return err
		}
		return withAdmin(ctx, e, cfg, func(ctx context.Context, s *admin.Service) error {
			r, err := s.Verify(ctx, anchors...)
			if err != nil {
				return err
			}
			if *asJSON {
				err = printJSON(e, reportOf(&r))
			} else {
				printReport(e, &r)
			}
			if err == nil {
				err = verdict(&r, anchors)
			}
			return err
		})
	},
}

// verdict is the error of what was found. Anchors none of which could be compared say
// nothing, and whoever gave them wants to know more than that the rest is good.
func verdict(r *audit.Report, anchors []audit.Anchor) error {
	switch {
	case len(r.Faults) > 0:
		return fmt.Errorf("the audit log was tampered with: %s", idp.Count(len(r.Faults), "finding"))
	case len(anchors) > 0 && !slices.ContainsFunc(anchors, func(a audit.Anchor) bool { return !slices.Contains(r.Uncompared, a.Seq) }):
		return errors.New("no anchor could be compared: what they name was purged; give a younger one")
	}
	return nil
}

type faultJSON struct {
	Seq  int64  `json:"seq"`
	ID   string `json:"id,omitempty"`
	What string `json:"what"`
}

type reportJSON struct {
	First   int64       `json:"purged_to"`
	Last    int64       `json:"last"`
	Hash    string      `json:"hash"`
	Events  int64       `json:"events"`
	Erased  int64       `json:"erased"`
	Waiting int64       `json:"waiting"`
	Faults  []faultJSON `json:"faults"`
	// Uncompared are the anchors of events that were purged.
	Uncompared []int64 `json:"anchors_not_compared"`
}

func reportOf(r *audit.Report) reportJSON {
	out := reportJSON{r.First, r.Last, r.Hash, r.Events, r.Erased, r.Waiting, []faultJSON{}, append([]int64{}, r.Uncompared...)}
	for _, f := range r.Faults {
		out.Faults = append(out.Faults, faultJSON{f.Seq, f.ID, f.What})
	}
	return out
}

func printReport(e env, r *audit.Report) {
	verdict := "good: "
	if len(r.Faults) > 0 {
		fmt.Fprintln(e.out, "broken:")
		verdict = ""
	}
	for _, f := range r.Faults {
		fmt.Fprintln(e.out, plain(strings.Join(strings.Fields(fmt.Sprintf("event %d %s %s", f.Seq, f.ID, f.What)), " ")))
	}
	fmt.Fprintf(e.out, "%s%s, from %d to %d", verdict, idp.Count(r.Events, "event"), r.First+1, r.Last)
	if r.Erased > 0 {
		fmt.Fprintf(e.out, ", %d of deleted people", r.Erased)
	}
	if r.Waiting > 0 {
		fmt.Fprintf(e.out, ", %d not in the chain yet", r.Waiting)
	}
	fmt.Fprintln(e.out)
	for _, seq := range r.Uncompared {
		fmt.Fprintf(e.out, "the anchor %d was not compared: what it names was purged\n", seq)
	}
	if r.Last > 0 {
		fmt.Fprintf(e.out, "anchor %d:%s\n", r.Last, r.Hash)
	}
}
