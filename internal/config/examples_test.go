package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"idp/internal/config"
)

// The files that the examples tell people to copy from are good.
func TestExampleClients(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../examples/*/client.yaml")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		if _, err := config.LoadClients(file, func(string) string { return "" }); err != nil {
			t.Error(err)
		}
	}
}

func TestClientFilesAreStrict(t *testing.T) {
	t.Parallel()
	_, err := config.LoadClients("testdata/clients-with-faults.yaml", func(string) string { return "" })
	if err == nil {
		t.Fatal("faults were accepted")
	}
	for _, want := range []string{"clients[0].redirect_uris", "clients[0].colour", "clients[1].id", "issuer"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no word about %s in:\n%v", want, err)
		}
	}
}
