package clientkeys_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"idp/internal/clientkeys"
	"idp/internal/idp"
	"idp/internal/outbound"
)

// publisher is an application's server with its keys.
type publisher struct {
	*httptest.Server
	client   *idp.Client
	requests atomic.Int64
	clock    atomic.Int64 // seconds
	answer   atomic.Pointer[http.HandlerFunc]
}

func newPublisher(t *testing.T, h http.HandlerFunc) *publisher {
	t.Helper()
	p := &publisher{}
	p.answers(h)
	p.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.requests.Add(1)
		(*p.answer.Load())(w, r)
	}))
	t.Cleanup(p.Close)
	p.client = &idp.Client{ID: "app", JWKSURI: p.URL + "/jwks"}
	return p
}

func (p *publisher) answers(h http.HandlerFunc) { p.answer.Store(&h) }

func (p *publisher) keys(open bool) *clientkeys.Keys {
	roots := x509.NewCertPool()
	roots.AddCert(p.Certificate())
	o := outbound.Options{RootCAs: roots, Timeout: 20 * time.Second, MaxBody: clientkeys.MaxBody}
	if open {
		o.Networks = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	}
	return clientkeys.New(outbound.New(o), outbound.New(o), func() time.Time { return time.Unix(1_800_000_000+p.clock.Load(), 0) })
}

// set answers with new keys of these ids. A header comes as name and value.
func set(t *testing.T, header []string, kids ...string) http.HandlerFunc {
	t.Helper()
	keys := []jose.JSONWebKey{}
	for _, kid := range kids {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, jose.JSONWebKey{Key: k.Public(), KeyID: kid, Use: "sig"})
	}
	body, err := json.Marshal(jose.JSONWebKeySet{Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		if len(header) == 2 {
			w.Header().Set(header[0], header[1])
		}
		_, _ = w.Write(body)
	}
}

func hasID(kid string) func(idp.ClientKey) bool {
	return func(k idp.ClientKey) bool { return k.ID == kid }
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func ids(keys []idp.ClientKey) string {
	var out []string
	for _, k := range keys {
		out = append(out, k.ID)
	}
	return strings.Join(out, " ")
}

// The answer's server says how long it counts, within bounds.
func TestHowLongKeysCount(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]int64{"": 900, "max-age=600": 600, "max-age=0": 60, "no-store": 60, "max-age=9999999": 86400, "max-age=-5": 60} {
		p := newPublisher(t, set(t, []string{"Cache-Control", header}, "a"))
		k := p.keys(true)
		for _, step := range []struct{ at, fetches int64 }{{0, 1}, {want - 1, 1}, {want, 2}} {
			p.clock.Store(step.at)
			if keys, err := k.Of(t.Context(), p.client, hasID("a")); err != nil || ids(keys) != "a" || p.requests.Load() != step.fetches {
				t.Errorf("%q after %d s: %d fetches, want %d; %s, %v", header, step.at, p.requests.Load(), step.fetches, ids(keys), err)
			}
		}
	}
}

// step is one question to an application whose server changes.
type step struct {
	at      int64
	answers http.HandlerFunc // from now on; nil: as before
	kid     string
	want    string
	err     error
	fetches int64
}

func run(t *testing.T, what string, steps []step) {
	t.Helper()
	p := newPublisher(t, status(500))
	k := p.keys(true)
	for i, s := range steps {
		p.clock.Store(s.at)
		if s.answers != nil {
			p.answers(s.answers)
		}
		keys, err := k.Of(t.Context(), p.client, hasID(s.kid))
		if !errors.Is(err, s.err) || err != nil && s.err == nil || ids(keys) != s.want || p.requests.Load() != s.fetches {
			t.Errorf("%s, step %d: %q, %v after %d fetches; want %q, %v after %d", what, i, ids(keys), err, p.requests.Load(), s.want, s.err, s.fetches)
		}
	}
}

func TestRotationAndSilence(t *testing.T) {
	t.Parallel()
	a, b := set(t, nil, "a"), set(t, nil, "b", "c")
	for what, steps := range map[string][]step{
		"a new key is looked for, once a minute": {
			{0, a, "a", "a", nil, 1}, {1, b, "b", "a", nil, 1}, {60, nil, "b", "b c", nil, 2}, {61, nil, "forged", "b c", nil, 2},
			{119, nil, "forged", "b c", nil, 2}, {120, nil, "forged", "b c", nil, 3}, {121, nil, "forged", "b c", nil, 3},
		},
		"keys outlive a silent server for a day": {
			{0, a, "a", "a", nil, 1}, {900, status(503), "a", "a", nil, 2}, {909, nil, "a", "a", nil, 2}, {910, nil, "a", "a", nil, 3},
			{900 + 86399, nil, "a", "a", nil, 4}, {900 + 86410, nil, "a", "", idp.ErrUnreachable, 5}, {900 + 86420, a, "a", "a", nil, 6},
		},
		"a silent server is asked for a new key once a minute": {
			{0, a, "a", "a", nil, 1}, {60, status(500), "b", "a", nil, 2}, {119, nil, "b", "a", nil, 2}, {120, nil, "b", "a", nil, 3}, {121, nil, "a", "a", nil, 3},
		},
		"what is no key set is remembered for a minute": {
			{0, status(404), "a", "", clientkeys.ErrRefused, 1}, {59, a, "a", "", clientkeys.ErrRefused, 1}, {60, nil, "a", "a", nil, 2},
		},
		"keys that were taken back are gone": {{0, a, "a", "a", nil, 1}, {900, status(410), "a", "", clientkeys.ErrRefused, 2}, {901, nil, "a", "", clientkeys.ErrRefused, 2}},
		"a set without keys":                 {{0, set(t, nil), "a", "", nil, 1}, {1, nil, "a", "", nil, 1}},
		"too many requests":                  {{0, status(429), "a", "", idp.ErrUnreachable, 1}, {9, nil, "a", "", idp.ErrUnreachable, 1}, {10, a, "a", "a", nil, 2}},
	} {
		run(t, what, steps)
	}
}

// An answer that goes elsewhere, is too much or no key set gives no keys.
func TestAnswersWithoutKeys(t *testing.T) {
	t.Parallel()
	inside := newPublisher(t, set(t, nil, "a"))
	text := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }
	}
	cases := map[string]http.HandlerFunc{
		"text": text("hello"), "list": text("[]"), "null": text("null"), "no keys": text("{}"), "keys is null": text(`{"keys":null}`), "a number": text(`{"keys":[1]}`),
		"a private key": text(`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}]}`),
		"a secret":      text(`{"keys":[{"kty":"oct","k":"AAAA"}]}`), "keys, twice": text(`{"keys":[],"keys":[]}`),
		"too large": text(`{"keys":[],"x":"` + strings.Repeat("x", clientkeys.MaxBody) + `"}`), "too many": text(`{"keys":[` + strings.Repeat(`{},`, 20) + `{}]}`),
		"204": status(204), "206": status(206), "401": status(401),
	}
	for _, code := range []int{301, 302, 303, 307, 308} {
		cases[http.StatusText(code)] = func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, inside.URL, code) }
	}
	for what, h := range cases {
		p := newPublisher(t, h)
		if keys, err := p.keys(true).Of(t.Context(), p.client, hasID("a")); !errors.Is(err, clientkeys.ErrRefused) || keys != nil {
			t.Errorf("%s: %v, %v", what, keys, err)
		}
	}
	if n := inside.requests.Load(); n != 0 {
		t.Errorf("%d redirects were followed", n)
	}
}

// Whatever address an application names, this machine is not asked.
func TestForbiddenAddresses(t *testing.T) {
	t.Parallel()
	p := newPublisher(t, set(t, nil, "a"))
	k := p.keys(false)
	_, port, _ := net.SplitHostPort(p.Listener.Addr().String())
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "127.1", "2130706433", "0.0.0.0", "[::]", "[64:ff9b::7f00:1]"} {
		for _, scheme := range []string{"https://", "http://", "https://user@"} {
			c := &idp.Client{JWKSURI: scheme + host + ":" + port + "/jwks"}
			if keys, err := k.Of(t.Context(), c, hasID("a")); err == nil || keys != nil {
				t.Errorf("%s: %v", c.JWKSURI, keys)
			}
		}
	}
	if n := p.requests.Load(); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// Of callers who ask at once, one fetches; one who leaves takes nothing from the
// others. Registered keys are asked of nobody.
func TestOneFetchesForAll(t *testing.T) {
	t.Parallel()
	arrived, release := make(chan struct{}, 100), make(chan struct{})
	good := set(t, nil, "a")
	p := newPublisher(t, func(w http.ResponseWriter, r *http.Request) { arrived <- struct{}{}; <-release; good(w, r) })
	k := p.keys(true)
	leaving, leave := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() { _, err := k.Of(leaving, p.client, hasID("a")); gone <- err }()
	<-arrived
	var wg sync.WaitGroup
	errs := make([]error, 32)
	for i := range errs {
		wg.Go(func() { _, errs[i] = k.Of(t.Context(), p.client, hasID("a")) })
	}
	leave()
	if err := <-gone; !errors.Is(err, idp.ErrUnreachable) {
		t.Errorf("who left: %v", err)
	}
	own := []idp.ClientKey{{ID: "own"}}
	if keys, err := k.Of(t.Context(), &idp.Client{Keys: own}, hasID("other")); err != nil || !slices.EqualFunc(keys, own, func(a, b idp.ClientKey) bool { return a.ID == b.ID }) {
		t.Errorf("registered keys: %v, %v", keys, err)
	}
	close(release)
	wg.Wait()
	if err := errors.Join(errs...); err != nil || p.requests.Load() != 1 {
		t.Errorf("%d fetches, %v", p.requests.Load(), err)
	}
}

// However many strangers come, and however slow their servers are, declared
// applications have their keys.
func TestStrangersTakeNothingFromOthers(t *testing.T) {
	t.Parallel()
	arrived, release := make(chan struct{}, 100), make(chan struct{})
	good := set(t, nil, "a")
	p := newPublisher(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			arrived <- struct{}{}
			<-release
		}
		good(w, r)
	})
	k := p.keys(true)
	_, port, _ := net.SplitHostPort(p.Listener.Addr().String())
	stranger := func(host, path string) *idp.Client {
		return &idp.Client{Stranger: true, JWKSURI: "https://" + host + ":" + port + path}
	}
	if _, err := k.Of(t.Context(), p.client, hasID("a")); err != nil {
		t.Fatal(err)
	}
	for i := range clientkeys.MaxEntries + 1 {
		_, _ = k.Of(t.Context(), &idp.Client{Stranger: true, JWKSURI: "http://unknown.test/" + strconv.Itoa(i)}, hasID("a"))
	}
	if _, err := k.Of(t.Context(), p.client, hasID("a")); err != nil || p.requests.Load() != 1 {
		t.Errorf("the declared application's keys were fetched %d times; %v", p.requests.Load(), err)
	}
	var wg sync.WaitGroup
	for i := range clientkeys.MaxPerHost {
		wg.Go(func() { _, _ = k.Of(t.Context(), stranger("127.0.0.1", "/slow?"+strconv.Itoa(i)), hasID("a")) })
		<-arrived
	}
	if _, err := k.Of(t.Context(), stranger("127.0.0.1", "/more"), hasID("a")); !errors.Is(err, idp.ErrUnreachable) {
		t.Errorf("one more at a slow host: %v", err)
	}
	if _, err := k.Of(t.Context(), stranger("127.0.0.2", "/more"), hasID("a")); !errors.Is(err, idp.ErrUnreachable) || strings.Contains(err.Error(), "too many") {
		t.Errorf("at another host: %v", err) // whose certificate is not its own
	}
	if keys, err := k.Of(t.Context(), &idp.Client{JWKSURI: p.URL + "/other"}, hasID("a")); err != nil || ids(keys) != "a" {
		t.Errorf("declared: %v, %v", keys, err)
	}
	close(release)
	wg.Wait()
}
