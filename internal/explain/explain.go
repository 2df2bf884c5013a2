package explain

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"idp/internal/config"
	"idp/internal/idp"
)

// Explanation is one failure in words.
type Explanation struct {
	At         time.Time       `json:"at"`
	Client     string          `json:"client"`
	Request    string          `json:"request"`
	Kind       idp.FailureKind `json:"kind"`
	Answer     string          `json:"answer,omitempty"` // the OAuth error that the application got
	Route      string          `json:"route,omitempty"`
	What       string          `json:"what"`
	Seen       string          `json:"seen,omitempty"`
	Configured string          `json:"configured,omitempty"`
	Change     string          `json:"change"`
	Setting    string          `json:"setting,omitempty"` // the YAML path, such as clients[3].redirect_uris
	Where      string          `json:"where,omitempty"`   // its file and line, or those of the client's entry
	Fixed      bool            `json:"fixed,omitempty"`   // the configuration accepts it by now
}

// Of explains a failure with the configuration as it is now.
func Of(cfg *config.Config, f *idp.Failure) Explanation {
	e := Explanation{
		At: f.At, Client: f.ClientID, Request: f.RequestID, Kind: f.Kind, Answer: f.Answer, Route: f.Route,
		Seen: f.Seen, Configured: f.Wanted, What: "The request did not fit.", Change: "See what was seen.",
	}
	at := slices.IndexFunc(cfg.Declared, func(c idp.Client) bool { return c.ID == f.ClientID })
	s := subject{cfg: cfg, failure: f, at: at}
	if at >= 0 {
		s.client = &cfg.Declared[at]
	}
	if r, known := rules[f.Kind]; known {
		e.What, e.Change, e.Setting = r.what, r.change, setting(r.key, at)
		if r.look != nil {
			r.look(&s, &e)
		}
	}
	if e.Setting != "" {
		e.Where = cfg.Where(e.Setting)
	}
	return e
}

// setting is the YAML path of a key of a client, or of the installation.
func setting(key string, client int) string {
	own, global, _ := strings.Cut(key, "|")
	switch {
	case own != "" && client >= 0:
		return fmt.Sprintf("clients[%d].%s", client, own)
	default:
		return global
	}
}

// subject is a failure with what the configuration says of its client.
type subject struct {
	cfg     *config.Config
	failure *idp.Failure
	client  *idp.Client // nil if no such client is declared
	at      int         // its place among the declared; -1 if there is none
}

// Text writes the explanation for people, over several lines.
func (e *Explanation) Text() string {
	var b strings.Builder
	client := e.Client
	if client == "" {
		client = "(no client)"
	}
	fmt.Fprintf(&b, "%s  %s  %s  request %s\n", e.At.UTC().Format("2006-01-02 15:04:05 UTC"), client, e.Kind, e.Request)
	lines := []struct{ label, value string }{
		{"", e.What}, {"seen", e.Seen}, {"configured", e.Configured}, {"answered", e.Answer}, {"change", e.Change}, {"setting", e.place()},
	}
	for _, l := range lines {
		switch {
		case l.value == "":
		case l.label == "":
			b.WriteString("  " + l.value + "\n")
		default:
			fmt.Fprintf(&b, "  %-12s%s\n", l.label+":", l.value)
		}
	}
	if e.Fixed {
		b.WriteString("  The configuration accepts this by now.\n")
	}
	return b.String()
}

func (e *Explanation) place() string {
	if e.Setting == "" || e.Where == "" {
		return e.Setting
	}
	return e.Setting + " (" + e.Where + ")"
}
