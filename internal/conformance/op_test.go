package conformance_test

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"idp/internal/apptest"
)

// op is the provider under test as a relying party finds it: by discovery.
type op struct {
	t        *testing.T
	provider *apptest.Provider
	wire     http.RoundTripper
	metadata map[string]any
	keys     jose.JSONWebKeySet
}

// discover reads metadata and keys, as every module of the suite does first.
func discover(t *testing.T, p *apptest.Provider) *op {
	t.Helper()
	o := &op{t: t, provider: p.For(t), wire: p.HTTPClient().Transport}
	doc := o.get(p.URL+"/.well-known/openid-configuration", "")
	if doc.status != http.StatusOK {
		t.Fatalf("discovery: %s", doc)
	}
	o.metadata = doc.json
	if err := json.Unmarshal([]byte(o.get(o.endpoint("jwks_uri"), "").body), &o.keys); err != nil {
		t.Fatalf("jwks_uri: %v", err)
	}
	return o
}

// issuer is the one that the metadata says.
func (o *op) issuer() string { return o.endpoint("issuer") }

// endpoint is an address in the metadata.
func (o *op) endpoint(name string) string {
	o.t.Helper()
	s, ok := o.metadata[name].(string)
	if !ok || s == "" {
		o.t.Fatalf("the metadata has no %s", name)
	}
	return s
}

// list is a list of texts in the metadata.
func (o *op) list(name string) []string {
	o.t.Helper()
	values, ok := o.metadata[name].([]any)
	if !ok {
		o.t.Fatalf("%s is no array: %v", name, o.metadata[name])
	}
	var out []string
	for _, v := range values {
		s, ok := v.(string)
		if !ok || s == "" {
			o.t.Fatalf("%s holds %v, which is no text", name, v)
		}
		out = append(out, s)
	}
	return out
}

// reply is the answer to a request of a program.
type reply struct {
	status int
	header http.Header
	body   string
	json   map[string]any // nil unless the answer says it is JSON and is an object
}

func (r reply) String() string { return fmt.Sprintf("%d %.300s", r.status, r.body) }

// text is a member of the JSON answer that must be a text with content.
func (o *op) text(r reply, name string) string {
	o.t.Helper()
	s, ok := r.json[name].(string)
	if !ok || strings.TrimSpace(s) == "" {
		o.t.Fatalf("%s is no text: %s", name, r)
	}
	return s
}

func (o *op) get(address, bearer string) reply {
	o.t.Helper()
	req := o.newRequest(http.MethodGet, address, nil)
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	return o.do(req)
}

func (o *op) newRequest(method, address string, fields url.Values) *http.Request {
	o.t.Helper()
	req, err := http.NewRequestWithContext(o.t.Context(), method, address, strings.NewReader(fields.Encode()))
	if err != nil {
		o.t.Fatal(err)
	}
	if fields != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return req
}

func (o *op) do(req *http.Request) reply {
	o.t.Helper()
	resp, err := o.wire.RoundTrip(req)
	if err != nil {
		o.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	r := reply{status: resp.StatusCode, header: resp.Header, body: string(body)}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if kind == "application/json" {
		if err := json.Unmarshal(body, &r.json); err != nil {
			o.t.Fatalf("%s %s: %v: %s", req.Method, req.URL.Path, err, r)
		}
	}
	return r
}
