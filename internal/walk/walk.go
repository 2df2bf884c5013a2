package walk

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"idp/internal/config"
	"idp/internal/idp"
	"idp/internal/outbound"
	"idp/internal/secret"
)

// Options are what a walk needs beside the configuration.
type Options struct {
	HTTP     *http.Client     // to the server; it follows no redirects
	Outbound *outbound.Client // to the application, as the server goes there
	Secret   secret.Token     // the client's; zero if it was not given
}

// NewHTTP makes the client of Options: it keeps to what one answer says.
func NewHTTP(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport: transport, Timeout: 15 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// walk is one walk in progress.
type walk struct {
	Options
	cfg     *config.Config
	client  *idp.Client
	at      string // the client's YAML path
	found   metadata
	refused int
}

// step is one step: it returns what it saw, or what does not fit.
type step struct {
	name string
	run  func(context.Context) (detail string, err error)
}

// Run walks as the declared client. Its error is idp.ErrNotFound if there is none;
// everything else is in the report.
func Run(ctx context.Context, cfg *config.Config, id string, o Options) (*Report, error) {
	i := slices.IndexFunc(cfg.Declared, func(c idp.Client) bool { return c.ID == id })
	if i < 0 {
		return nil, fmt.Errorf("client %s: %w", id, idp.ErrNotFound)
	}
	w := &walk{Options: o, cfg: cfg, client: &cfg.Declared[i], at: fmt.Sprintf("clients[%d]", i)}
	report := &Report{Client: id}
	for _, s := range w.steps() {
		detail, err := s.run(ctx)
		done := w.judged(s.name, detail, err)
		report.Steps = append(report.Steps, done)
		if done.State == Failed {
			break
		}
	}
	report.Refused = w.refused
	return report, nil
}

// steps is the walk's table of contents.
func (w *walk) steps() []step {
	all := []step{{"discovery", w.discover}, {"keys", w.keys}}
	if w.client.MayGrant(idp.GrantCode) {
		all = append(all, step{"sign-in page", w.signIn}, step{"PKCE", w.pkce})
	}
	return append(all, step{"client authentication", w.authenticate}, step{"pages of other origins", w.origins}, step{"sign-out", w.signOut},
		step{"back-channel logout", w.backchannel}, step{"the application's keys", w.clientKeys})
}

// mismatch is something that does not fit, with what to change.
type mismatch struct{ what, change, key string }

func (m *mismatch) Error() string { return m.what }

// skip is why a step was not tried.
type skip string

func (s skip) Error() string { return string(s) }

// judged makes a step of what came of it.
func (w *walk) judged(name, detail string, err error) Step {
	s := Step{Name: name, State: OK, Detail: detail}
	switch e := err.(type) {
	case nil:
	case skip:
		s.State, s.Detail = Skipped, string(e)
	case *mismatch:
		s.State, s.Detail, s.Change = Failed, e.what, e.change
		if s.Setting = e.key; e.key != "" && e.key[0] == '.' {
			s.Setting = w.at + e.key
		}
		if s.Setting != "" {
			s.Where = w.cfg.Where(s.Setting)
		}
	default:
		s.State, s.Detail = Failed, err.Error()
	}
	return s
}
