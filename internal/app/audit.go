package app

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"idp/internal/audit"
	"idp/internal/browser"
	"idp/internal/gate"
	"idp/internal/idp"
	"idp/internal/jobs"
	"idp/internal/magiclink"
	"idp/internal/reqlog"
	"idp/internal/secret"
)

// keepAudit prepares the audit log: its key, its chain, and what takes note of
// refusals.
func (a *App) keepAudit(ctx context.Context, keep time.Duration, root *secret.Keyring, old *App) error {
	a.keepEvents = keep
	if old != nil {
		a.Sealer, a.refusals = old.Sealer, old.refusals
		return nil
	}
	keys, err := audit.LoadKeys(ctx, a.Store, root)
	if err != nil {
		return err
	}
	a.Sealer = &audit.Sealer{Store: a.Store, Keys: keys, Now: a.now}
	a.refusals = &audit.Recorder{Store: a.Store, Now: a.now}
	return nil
}

// begin says who acts in a request.
func (a *App) begin(proxies browser.Proxies) func(context.Context, *http.Request) context.Context {
	return func(ctx context.Context, r *http.Request) context.Context {
		return audit.When(ctx, func() audit.Source {
			s := audit.Source{RequestID: reqlog.From(ctx).RequestID}
			if a := proxies.Address(r); a.IsValid() {
				s.IP = a.String()
			}
			return s
		})
	}
}

// done takes note of a request that was refused.
func (a *App) done(r *http.Request, e *reqlog.Event) {
	if refused, ok := refusalOf(e); ok {
		refused.IP, refused.RequestID = audit.From(r.Context()).IP, e.RequestID
		a.refusals.Refused(refused)
	}
}

// refusalOf is the event of a request whose refusal somebody may ask about.
func refusalOf(e *reqlog.Event) (audit.Event, bool) {
	out := audit.Event{Actor: audit.Unknown, Subject: e.UserID, Client: e.ClientID, Challenge: e.Challenge}
	var limited *idp.LimitedError
	_, about, _ := strings.Cut(e.Outcome, ".")
	switch {
	case errors.As(e.Err, &limited):
		out.Name, out.Result = audit.LimitHit, limited.Limit
	case e.Outcome == "login.not_admitted":
		out.Name, out.Result = audit.LoginRefused, "not_admitted"
	case strings.HasPrefix(e.Outcome, "login.") || strings.HasPrefix(e.Outcome, "native."):
		if !strings.HasSuffix(about, "_refused") {
			return out, false
		}
		out.Name, out.Result = audit.LoginRefused, strings.TrimSuffix(about, "_refused")+"_"+why(e.Err)
	case e.Outcome == "admin.refused":
		out.Name, out.Result = audit.AdminRefused, "fault"
		var no *gate.Refusal
		if errors.As(e.Err, &no) {
			out.Result = string(no.Why)
		}
	case e.Outcome == "refused.invalid_client":
		out.Name, out.Result = audit.ClientRefused, "invalid_client"
	default:
		return out, false
	}
	return out, true
}

// why is a word for what was wrong with a code or link.
func why(err error) string {
	for _, w := range []struct {
		err  error
		word string
	}{
		{idp.ErrWrongCode, "wrong"},
		{idp.ErrLocked, "locked"},
		{idp.ErrExpired, "expired"},
		{idp.ErrUsed, "used"},
		{idp.ErrRevoked, "disabled"},
		{idp.ErrForeignBrowser, "foreign_browser"},
		{idp.ErrNotFound, "unknown"},
		{idp.ErrForbidden, "not_admitted"},
		{magiclink.ErrCancelled, "cancelled"},
		{idp.ErrUnavailable, "unavailable"},
	} {
		if errors.Is(err, w.err) {
			return w.word
		}
	}
	return "fault"
}

func (a *App) auditJobs() []jobs.Job {
	return []jobs.Job{
		{Name: "audit", Every: time.Second, Run: func(ctx context.Context) error {
			if err := a.refusals.Flush(ctx, false); err != nil {
				return err
			}
			_, err := a.Sealer.Seal(ctx)
			return err
		}},
		{Name: "anchor audit log", Every: time.Hour, Run: a.anchor},
		{Name: "purge audit log", Every: time.Hour, Run: func(ctx context.Context) error {
			n, err := a.Sealer.Purge(ctx, a.keepEvents)
			if n > 0 {
				a.log.Info("audit log purged", "events", n)
			}
			return err
		}},
	}
}

// anchor writes the end of the chain where the database's owner may not be able to
// change it: whoever cuts off the end of the chain later contradicts it.
func (a *App) anchor(ctx context.Context) error {
	_, last, err := a.Store.AuditEnds(ctx)
	if err == nil && last.Seq > 0 {
		a.log.Info("audit anchor", "seq", last.Seq, "hash", last.Hash)
	}
	return err
}

// WriteAudit writes down and seals what is in hand, as the jobs do once a second.
func (a *App) WriteAudit(ctx context.Context) error {
	err := a.refusals.Flush(ctx, true) // first, so that what it writes is sealed too
	_, errSeal := a.Sealer.Seal(ctx)
	return errors.Join(err, errSeal)
}
