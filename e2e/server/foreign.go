package main

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"idp/internal/config"
)

//go:embed clients.yaml
var foreignYAML string

// foreign are the applications whose part a library plays, read as an
// administrator's file would be. key is their public JWK. The file goes into dir.
func foreign(at sites, key, dir string) ([]config.Client, error) {
	text := strings.NewReplacer("PARTNER", at.Partner.url, "DOCUMENTS", at.Documents.url, "KEY", key).Replace(foreignYAML)
	file := filepath.Join(dir, "clients.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("write the foreign applications: %w", err)
	}
	clients, err := config.LoadClients(file, func(string) string { return partnerSecret })
	if err != nil {
		return nil, fmt.Errorf("read the foreign applications: %w", err)
	}
	return clients, nil
}

// strangers gives the documents their certificate, which is in the file ca, and
// then reads the foreign applications.
func strangers(at *sites, key, dir string) (ca string, clients []config.Client, err error) {
	if ca, err = at.Documents.certify(dir); err == nil {
		clients, err = foreign(*at, key, dir)
	}
	return ca, clients, err
}
