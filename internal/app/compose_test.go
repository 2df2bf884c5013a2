package app_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"idp/internal/config"
)

type compose struct {
	Services map[string]struct {
		Image, Build string
		NetworkMode  string   `yaml:"network_mode"`
		Command      []string `yaml:"command"`
		Environment  map[string]string
		Ports        []string
		Volumes      []string
		Healthcheck  struct {
			Test              []string
			Interval, Timeout string
			Retries           int
		}
		DependsOn map[string]struct{ Condition string } `yaml:"depends_on"`
	}
	Volumes map[string]any
}

// There may be no container engine where the tests run, so the file is held to
// what starting it with one command needs.
func TestComposeFile(t *testing.T) {
	raw, err := os.ReadFile("../../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	var c compose
	if err := yaml.UnmarshalWithOptions(raw, &c, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"postgres", "idp", "mailpit", "demo"} {
		s, ok := c.Services[name]
		if !ok {
			t.Fatalf("there is no service %s", name)
		}
		if (s.Image == "") == (s.Build == "") {
			t.Errorf("%s needs an image or a build", name)
		}
		if s.Image != "" && (!strings.Contains(s.Image, ":") || strings.HasSuffix(s.Image, ":latest")) {
			t.Errorf("%s: image %s is not pinned", name, s.Image)
		}
		if len(s.Healthcheck.Test) == 0 || s.Healthcheck.Retries == 0 {
			t.Errorf("%s has no health check", name)
		}
		if len(s.DependsOn) == 0 {
			t.Errorf("%s waits for nothing", name)
		}
		for on, d := range s.DependsOn {
			other, ok := c.Services[on]
			if !ok || !slices.Contains([]string{"service_healthy", "service_started", "service_completed_successfully"}, d.Condition) {
				t.Errorf("%s depends on %s: %s", name, on, d.Condition)
			}
			if d.Condition == "service_healthy" && len(other.Healthcheck.Test) == 0 {
				t.Errorf("%s waits for the health of %s, which has no check", name, on)
			}
		}
		for _, v := range s.Volumes {
			source, _, _ := strings.Cut(v, ":")
			if _, named := c.Volumes[source]; !named {
				if _, err := os.Stat("../../" + source); err != nil {
					t.Errorf("%s mounts %s: %v", name, source, err)
				}
			}
		}
		for _, p := range s.Ports {
			if !strings.HasPrefix(p, "127.0.0.1:") {
				t.Errorf("%s publishes %s beyond this machine", name, p)
			}
		}
		for key, value := range s.Environment {
			if strings.Contains(key, "PASSWORD") && !strings.HasSuffix(key, "_FILE") {
				t.Errorf("%s has a password in the file: %s=%s", name, key, value)
			}
		}
	}
	if v := c.Services["postgres"].Image; v != "postgres:17" {
		t.Errorf("PostgreSQL is %s", v)
	}
}

func TestComposeConfiguration(t *testing.T) {
	raw, err := os.ReadFile("../../deploy/compose/idp.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, value := range map[string]string{"idp": strings.Repeat("s", 40), "demo": strings.Repeat("d", 40), "database-url": "postgres://idp:x@postgres:5432/idp"} {
		if err := os.WriteFile(dir+"/"+name, []byte(value), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := config.Parse("idp.yaml", []byte(strings.ReplaceAll(string(raw), "/secrets/", dir+"/")), os.Getenv); err != nil {
		t.Fatal(err)
	}
}
