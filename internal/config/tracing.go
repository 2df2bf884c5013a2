package config

import (
	"net/url"
	"strings"
)

// Tracing says where spans are sent to, by OTLP over HTTP. There are none without
// an endpoint.
type Tracing struct {
	Endpoint string               `yaml:"endpoint"` // without /v1/traces
	Sample   float64              `yaml:"sample"`   // of requests that no proxy decided about
	Headers  map[string]SecretRef `yaml:"headers"`
}

// On reports whether spans are sent.
func (t *Tracing) On() bool { return t.Endpoint != "" }

func (v *validator) checkTracing() {
	t := &v.config.Tracing
	if !t.On() {
		if len(t.Headers) > 0 {
			v.fail("tracing.endpoint", "is missing: the address of a collector, such as http://127.0.0.1:4318")
		}
		return
	}
	u, err := url.Parse(t.Endpoint)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http":
		v.fail("tracing.endpoint", "must be an address such as http://127.0.0.1:4318")
	case strings.HasSuffix(u.Path, "/v1/traces"):
		v.fail("tracing.endpoint", "must be without /v1/traces")
	case u.Scheme == "http" && !isLoopback(u.Hostname()) && len(t.Headers) > 0:
		v.fail("tracing.endpoint", "must be https: the headers are secrets")
	}
	if t.Sample < 0 || t.Sample > 1 {
		v.fail("tracing.sample", "must be between 0 and 1")
	}
	for name, ref := range t.Headers {
		if err := ref.Resolve(v.getenv); err != nil {
			v.fail("tracing.headers."+name, "%v", err)
		}
		t.Headers[name] = ref
	}
}
