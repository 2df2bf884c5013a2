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
	c.positions = positions
	return &c, nil
}

// LoadClients reads and checks a file that holds nothing but clients, written as
// in a whole configuration. Its error lists every fault.
func LoadClients(path string, getenv func(string) string) ([]Client, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read clients: %w", err)
	}
	var only struct {
		Clients []Client `yaml:"clients"`
	}
	positions, faults := strictyaml.Decode(path, data, &only)
	c := Default()
	c.Clients = only.Clients
	v := &validator{config: &c, getenv: getenv, positions: positions, faults: faults}
	v.checkClients()
	if len(v.faults) > 0 {
		v.faults.Sort()
		return nil, v.faults
	}
	return c.Clients, nil
}
