package config

import (
	"fmt"
	"os"

	"idp/internal/config/strictyaml"
)

// Load reads and checks the file at path. Its error lists every fault.
func Load(path string, getenv func(string) string) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return Parse(path, data, getenv)
}

// Parse is Load for a text in hand; file is only shown in faults.
func Parse(file string, data []byte, getenv func(string) string) (*Config, error) {
	c := Default()
	positions, faults := strictyaml.Decode(file, data, &c)
	v := &validator{config: &c, getenv: getenv, positions: positions, faults: faults}
	v.check()
	if len(v.faults) > 0 {
		v.faults.Sort()
		return nil, v.faults
	}
	return &c, nil
}
