package app

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"idp/internal/browser"
	"idp/internal/config"
	"idp/internal/mail"
	"idp/internal/outbound"
	"idp/internal/reqlog"
	"idp/internal/server"
	"idp/internal/spans"
)

// newTracer makes what sends spans; nil if the configuration names no collector.
// The collector is the administrator's own word, so it may be in any network.
func newTracer(cfg *config.Config, o Options) (*spans.Tracer, error) {
	c := &cfg.Tracing
	if !c.On() {
		return nil, nil //nolint:nilnil // none is what the configuration says
	}
	roots, err := outbound.Roots(cfg.HTTP.TrustedCAs)
	if err != nil {
		return nil, fmt.Errorf("http.trusted_cas: %w", err)
	}
	headers := map[string]string{}
	for name, ref := range c.Headers {
		headers[name] = ref.Token().Reveal()
	}
	return spans.New(spans.Options{
		Endpoint: strings.TrimSuffix(c.Endpoint, "/"), Sample: c.Sample, Headers: headers, Version: Version(), Log: o.Log, HTTP: outbound.Direct(roots),
	}), nil
}

// traceRequests makes the span of each request; nil if there are none.
func (a *App) traceRequests(proxies browser.Proxies) server.Trace {
	if a.seeing.tracer == nil {
		return nil
	}
	return func(r *http.Request) (context.Context, func(string, int, *reqlog.Event)) {
		header := ""
		if proxies.Sent(r) {
			header = r.Header.Get("Traceparent")
		}
		ctx, span := a.seeing.tracer.Request(r.Context(), r.Method, header)
		if span == nil {
			return ctx, nil
		}
		return ctx, func(route string, status int, e *reqlog.Event) {
			if route == "" {
				route = "(none)"
			}
			span.Rename(method(r.Method) + " " + route)
			span.Set("http.request.method", method(r.Method))
			span.Set("http.route", route)
			span.SetNumber("http.response.status_code", int64(status))
			span.Set("idp.request", e.RequestID)
			span.Set("idp.client", a.seeing.meters.Client(e.ClientID))
			span.Set("idp.outcome", e.Outcome)
			if status >= http.StatusInternalServerError {
				span.Fail()
			}
			span.End()
		}
	}
}

// method is the name of a usual method: others are the caller's invention.
func method(name string) string {
	switch name {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions:
		return name
	}
	return "_OTHER"
}

// watchMail counts tries to hand over a letter, and makes spans of them.
func (a *App) watchMail(ctx context.Context, provider string) (context.Context, func(mail.Outcome)) {
	began := time.Now()
	ctx, span := a.seeing.tracer.Start(ctx, "mail "+provider, spans.Client)
	return ctx, func(o mail.Outcome) {
		a.seeing.meters.Mail(provider, string(o), time.Since(began))
		span.Set("idp.mail.outcome", string(o))
		if o != mail.Accepted {
			span.Fail()
		}
		span.End()
	}
}

// calls watches requests of ours that have one purpose.
func (a *App) calls(purpose string) outbound.Watch {
	return func(ctx context.Context) (context.Context, func(int)) {
		began := time.Now()
		ctx, span := a.seeing.tracer.Start(ctx, "call "+purpose, spans.Client)
		return ctx, func(status int) {
			a.seeing.meters.Call(purpose, status, time.Since(began))
			span.SetNumber("http.response.status_code", int64(status))
			if status == 0 {
				span.Fail()
			}
			span.End()
		}
	}
}
