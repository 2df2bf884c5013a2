package meters

import (
	"context"
	"slices"
	"time"

	"idp/internal/mail"
	"idp/internal/metrics"
	"idp/internal/oidc"
	"idp/internal/storage"
)

// Outbox knows what waits to be sent.
type Outbox interface {
	WaitingLetters(ctx context.Context, now time.Time) (n int, oldest time.Time, err error)
	Pools() []storage.Pool
}

// Reload is how the last look at the configuration went.
type Reload struct {
	Failed  bool      // the file cannot be used, and the state before it goes on
	At      time.Time // of the last one that was taken over
	Changes int64     // that were taken over since the start
	Faults  int64     // that were not
}

// States are what is asked for when somebody reads.
type States struct {
	Store Outbox
	Keys  func() *oidc.Keys      // those in force
	Mail  func() *mail.Providers // those in force
	// Reload reports false, or is nil, if nothing reloads.
	Reload func() (Reload, bool)
	// Ready reports whether all that requests need is there, as /readyz has it.
	Ready func(context.Context) bool
	// Audit reports which ends of the audit log's chain somebody else changed.
	Audit func() (first, last bool)
	// Spans counts those that were sent, dropped and not taken; nil without traces.
	Spans func() (sent, dropped, failed int64)
	Now   func() time.Time
}

// Add adds the metrics of states to r.
func (s *States) Add(r *metrics.Registry) {
	gauge := func(name, help string, read func(context.Context, metrics.Emit), labels ...string) {
		r.Read(metrics.Family{Name: name, Help: help, Kind: metrics.KindGauge, Labels: labels}, read)
	}
	counter := func(name, help string, read func(context.Context, metrics.Emit), labels ...string) {
		r.Read(metrics.Family{Name: name, Help: help, Kind: metrics.KindCounter, Labels: labels}, read)
	}
	gauge("idp_outbox_letters", "Letters that are still to be sent, of all replicas.", func(ctx context.Context, emit metrics.Emit) {
		if n, _, err := s.Store.WaitingLetters(ctx, s.Now()); err == nil {
			emit(float64(n))
		}
	})
	gauge("idp_outbox_oldest_seconds", "How long the oldest of them has waited; 0 if there is none.", func(ctx context.Context, emit metrics.Emit) {
		_, oldest, err := s.Store.WaitingLetters(ctx, s.Now())
		switch {
		case err != nil:
		case oldest.IsZero():
			emit(0)
		default:
			emit(s.Now().Sub(oldest).Seconds())
		}
	})
	gauge("idp_mail_provider_resting", "1 while a mail provider gets no letters because it failed.", func(_ context.Context, emit metrics.Emit) {
		resting := s.Mail().Resting()
		for _, name := range s.Mail().Names() {
			emit(truth(slices.Contains(resting, name)), name)
		}
	}, "provider")
	gauge("idp_key_age_seconds", "How long the signing key of an algorithm has signed.", s.keys(func(k oidc.KeyTimes, now time.Time) time.Duration { return now.Sub(k.Since) }), "algorithm")
	gauge("idp_key_rotation_seconds", "Seconds until the next key of an algorithm signs; negative if it is late.", s.keys(func(k oidc.KeyTimes, now time.Time) time.Duration { return k.Until.Sub(now) }), "algorithm")
	gauge("idp_ready", "1 while all that requests need is there; 0 while /readyz says what is down, a stop aside.", func(ctx context.Context, emit metrics.Emit) {
		emit(truth(s.Ready(ctx)))
	})
	gauge("idp_audit_broken", "1 while an end of the audit log's chain is not what this program wrote: the first is not purged, the last takes no events.", func(_ context.Context, emit metrics.Emit) {
		first, last := s.Audit()
		emit(truth(first), "first")
		emit(truth(last), "last")
	}, "end")
	counter("idp_spans_total", "Spans that the collector took (sent), that found the queue full (dropped), and that it did not take (failed).", func(_ context.Context, emit metrics.Emit) {
		if s.Spans != nil {
			sent, dropped, failed := s.Spans()
			emit(float64(dropped), "dropped")
			emit(float64(failed), "failed")
			emit(float64(sent), "sent")
		}
	}, "outcome")
	s.addPools(gauge, counter)
	s.addReload(gauge, counter)
}

type adder func(name, help string, read func(context.Context, metrics.Emit), labels ...string)

func (s *States) keys(of func(oidc.KeyTimes, time.Time) time.Duration) func(context.Context, metrics.Emit) {
	return func(_ context.Context, emit metrics.Emit) {
		for _, k := range s.Keys().Times() {
			emit(of(k, s.Now()).Seconds(), string(k.Algorithm))
		}
	}
}

func (s *States) addPools(gauge, counter adder) {
	each := func(of func(storage.Pool) float64) func(context.Context, metrics.Emit) {
		return func(_ context.Context, emit metrics.Emit) {
			for _, p := range s.Store.Pools() {
				emit(of(p), p.Name)
			}
		}
	}
	gauge("idp_db_connections_in_use", "Connections to the database that work.", each(func(p storage.Pool) float64 { return float64(p.InUse) }), "pool")
	gauge("idp_db_connections_idle", "Connections to the database that wait for work.", each(func(p storage.Pool) float64 { return float64(p.Idle) }), "pool")
	gauge("idp_db_connections_max", "Connections to the database that there may be.", each(func(p storage.Pool) float64 { return float64(p.Max) }), "pool")
	counter("idp_db_waits_total", "How often a request waited for a connection.", each(func(p storage.Pool) float64 { return float64(p.Waits) }), "pool")
	counter("idp_db_wait_seconds_total", "How long they waited, together.", each(func(p storage.Pool) float64 { return p.Waited.Seconds() }), "pool")
}

func (s *States) addReload(gauge, counter adder) {
	each := func(of func(Reload) float64) func(context.Context, metrics.Emit) {
		return func(_ context.Context, emit metrics.Emit) {
			if s.Reload == nil {
				return
			}
			if r, ok := s.Reload(); ok {
				emit(of(r))
			}
		}
	}
	gauge("idp_config_reload_failing", "1 while the configuration on disk cannot be used and the one before it goes on.", each(func(r Reload) float64 { return truth(r.Failed) }))
	gauge("idp_config_reload_time_seconds", "When a configuration was last taken over, Unix time.", each(func(r Reload) float64 { return float64(r.At.Unix()) }))
	counter("idp_config_reloads_total", "Configurations that were taken over since the start.", each(func(r Reload) float64 { return float64(r.Changes) }))
	counter("idp_config_reload_faults_total", "Configurations that were refused since the start.", each(func(r Reload) float64 { return float64(r.Faults) }))
}

func truth(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
