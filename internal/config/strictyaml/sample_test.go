package strictyaml

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

// sample has a field of every kind that Decode supports.
type sample struct {
	Common  `yaml:",inline"`
	Issuer  string             `yaml:"issuer"`
	Dev     bool               `yaml:"dev"`
	Workers int                `yaml:"workers"`
	Quota   int64              `yaml:"quota"`
	Ratio   float64            `yaml:"ratio"`
	Listen  *listen            `yaml:"listen"`
	Retries *int               `yaml:"retries"`
	TTL     lifetime           `yaml:"ttl"`
	Clients []client           `yaml:"clients"`
	Labels  map[string]string  `yaml:"labels"`
	Limits  map[string]listen  `yaml:"limits"`
	Weights map[string]float64 `yaml:"weights"`
	Matrix  [][]int            `yaml:"matrix"`
	Flags   []bool             `yaml:"flags"`
	Untold  string
	Dashed  string `yaml:"-"`
}

type Common struct {
	LogLevel string `yaml:"log_level"`
}

type listen struct {
	Address string `yaml:"address"`
	Port    int    `yaml:"port,omitempty"`
}

type client struct {
	ID           string     `yaml:"client_id"`
	RedirectURIs []string   `yaml:"redirect_uris"`
	PKCE         bool       `yaml:"pkce"`
	TTL          *lifetime  `yaml:"ttl"`
	Secret       password   `yaml:"secret"`
	Old          []password `yaml:"old_secrets"`
}

// lifetime is an ordinary Unmarshaler.
type lifetime time.Duration

func (l *lifetime) UnmarshalYAMLText(s string) error {
	d, err := time.ParseDuration(s)
	if err != nil {
		return errors.New("expected a duration such as 15m")
	}
	*l = lifetime(d)
	return nil
}

// password is an Unmarshaler whose careless error repeats its value.
type password struct{ raw string }

func (p *password) UnmarshalYAMLText(s string) error {
	if len(s) < 8 {
		return errors.New("is shorter than 8 characters")
	}
	if s[0] == '!' {
		return fmt.Errorf("cannot use %q", s)
	}
	if s[0] == '?' {
		return Fixed("must say where the password is")
	}
	p.raw = s
	return nil
}

func (*password) SecretYAML() {}

// read decodes a document into a sample.
func read(t *testing.T, document string) (*sample, *Positions, Faults) {
	t.Helper()
	s := &sample{}
	positions, faults := Decode("idp.yaml", []byte(document), s)
	if positions == nil {
		t.Fatal("positions are nil")
	}
	return s, positions, faults
}

// badDocument is a document and its faults, one on a line, as an operator sees
// them.
type badDocument struct{ name, document, want string }

func runBad(t *testing.T, documents []badDocument) {
	t.Helper()
	for _, bad := range documents {
		t.Run(bad.name, func(t *testing.T) {
			t.Parallel()
			_, _, faults := read(t, bad.document)
			if got := faults.Error(); got != bad.want {
				t.Errorf("document:\n%s\ngot:\n%s\nwant:\n%s", bad.document, got, bad.want)
			}
		})
	}
}
