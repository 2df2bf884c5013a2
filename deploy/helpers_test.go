package deploy_test

import (
	"os"
	"testing"

	"github.com/goccy/go-yaml"

	"idp/internal/apptest"
	"idp/internal/metrics"
	"idp/internal/testdb"
)

func read(t *testing.T, file string) []byte {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// decode reads YAML into v, which must know every key.
func decode(t *testing.T, file string, v any) {
	t.Helper()
	if err := yaml.UnmarshalWithOptions(read(t, file), v, yaml.Strict()); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// families are the metrics of a running provider, by name, with what Prometheus
// itself adds.
func families(t *testing.T) map[string]metrics.Family {
	t.Helper()
	all := map[string]metrics.Family{"up": {Name: "up"}}
	for _, f := range apptest.New(t, testdb.URL(t, "sqlite")).App.Metrics() {
		if f.Kind != metrics.KindHistogram {
			all[f.Name] = f
			continue
		}
		labels := f.Labels
		all[f.Name+"_count"], all[f.Name+"_sum"] = f, f
		f.Labels = append([]string{"le"}, labels...)
		all[f.Name+"_bucket"] = f
	}
	return all
}
