package strictyaml

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

const everyKind = `# every kind once
log_level: debug
issuer: "https://login.example.com"
dev: true
workers: -4
quota: 9223372036854775807
ratio: 1e-3
listen:
  address: '127.0.0.1'
  port: 8080
retries: 0
ttl: 15m
clients:
- client_id: shop
  redirect_uris:
    - https://shop.example.com/callback
    - "https://shop.example.com/\u00e9"
  pkce: true
  ttl: 1h
  secret: 0123456789
- {client_id: wiki, redirect_uris: [], old_secrets: [correct-horse, "battery staple"]}
labels:
  "8080": text
  note: |
    two
    lines
  fold: >-
    one
    line
limits: {10.0.0.0/8: {port: 1}}
weights: {a: 2, b: .5}
matrix: [[1, 2], [], [3]]
flags:
  - true
  - False
`

func wantEveryKind() *sample {
	retries, ttl := 0, lifetime(time.Hour)
	return &sample{
		Common: Common{LogLevel: "debug"},
		Issuer: "https://login.example.com", Dev: true,
		Workers: -4, Quota: 9223372036854775807, Ratio: 0.001,
		Listen:  &listen{Address: "127.0.0.1", Port: 8080},
		Retries: &retries, TTL: lifetime(15 * time.Minute),
		Clients: []client{{
			ID:           "shop",
			RedirectURIs: []string{"https://shop.example.com/callback", "https://shop.example.com/é"},
			PKCE:         true, TTL: &ttl, Secret: password{"0123456789"},
		}, {
			ID: "wiki", RedirectURIs: []string{},
			Old: []password{{"correct-horse"}, {"battery staple"}},
		}},
		Labels:  map[string]string{"8080": "text", "note": "two\nlines\n", "fold": "one line"},
		Limits:  map[string]listen{"10.0.0.0/8": {Port: 1}},
		Weights: map[string]float64{"a": 2, "b": 0.5},
		Matrix:  [][]int{{1, 2}, {}, {3}},
		Flags:   []bool{true, false},
	}
}

func TestDecodeEveryKind(t *testing.T) {
	t.Parallel()
	for name, document := range map[string]string{
		"LF":              everyKind,
		"CR LF":           strings.ReplaceAll(everyKind, "\n", "\r\n"),
		"CR":              strings.ReplaceAll(everyKind, "\n", "\r"),
		"byte order mark": "\ufeff" + everyKind,
		"document marks":  "---\n" + everyKind + "...\n# end\n",
	} {
		t.Run(name, func(t *testing.T) {
			got, _, faults := read(t, document)
			if err := faults.Err(); err != nil {
				t.Fatal(err)
			}
			if want := wantEveryKind(); !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestDecodeEmptyDocument(t *testing.T) {
	t.Parallel()
	for _, document := range []string{"", "\n", "# only a comment\n", "---\n", "---\n# x\n...\n", "\ufeff", "\r\n"} {
		got, positions, faults := read(t, document)
		if faults != nil || !reflect.DeepEqual(got, &sample{}) {
			t.Errorf("%q: faults %v, value %+v", document, faults, got)
		}
		if at := positions.At("issuer"); at != (Position{"idp.yaml", 1, 1, "issuer"}) {
			t.Errorf("%q: position %+v", document, at)
		}
	}
}

func TestDecodeKeepsDefaults(t *testing.T) {
	t.Parallel()
	got := &sample{Issuer: "kept", Listen: &listen{Address: "kept", Port: 1}, Labels: map[string]string{"gone": "x"}}
	_, faults := Decode("", []byte("listen: {port: 2}\nlabels: {}\nclients: []\n"), got)
	if faults != nil {
		t.Fatal(faults)
	}
	want := &sample{Issuer: "kept", Listen: &listen{"kept", 2}, Labels: map[string]string{}, Clients: []client{}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestDecodeIntoOtherRoots(t *testing.T) {
	t.Parallel()
	var texts []string
	if _, faults := Decode("", []byte("- a\n- 'b'\n"), &texts); faults != nil || !reflect.DeepEqual(texts, []string{"a", "b"}) {
		t.Errorf("list: %v, %v", texts, faults)
	}
	var numbers map[string]int
	if _, faults := Decode("", []byte("a: 1\n"), &numbers); faults != nil || numbers["a"] != 1 {
		t.Errorf("map: %v, %v", numbers, faults)
	}
}

// What a document says cannot make Decode panic, and neither can a destination
// that it does not support.
func TestDecodeUnsupportedDestination(t *testing.T) {
	t.Parallel()
	const mistake = "; this is a mistake in the program, not in the file"
	var missing *sample
	for name, c := range map[string]struct {
		dst  any
		want string
	}{
		"no pointer":  {sample{}, "1:1: cannot be read into the Go type strictyaml.sample"},
		"nil":         {nil, "1:1: cannot be read into the Go type nil"},
		"nil pointer": {missing, "1:1: cannot be read into the Go type *strictyaml.sample"},
		"any": {&struct {
			A any `yaml:"a"`
		}{}, "1:4: a: cannot be read into the Go type interface {}"},
		"small int": {&struct {
			A int8 `yaml:"a"`
		}{}, "1:4: a: cannot be read into the Go type int8"},
		"bare duration": {&struct {
			A time.Duration `yaml:"a"`
		}{}, "1:4: a: cannot be read into the Go type time.Duration"},
		"unexported field": {&struct {
			a int `yaml:"a"`
		}{}, "1:4: a: cannot be read into the Go type int"},
		"map of int keys": {&map[int]int{}, "1:1: cannot be read into the Go type map[int]int"},
	} {
		_, faults := Decode("", []byte("a: 1\n"), c.dst)
		if got := faults.Error(); got != c.want+mistake {
			t.Errorf("%s: got %s", name, got)
		}
	}
}
