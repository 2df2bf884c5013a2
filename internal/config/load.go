package config

import (
	"fmt"
	"os"

	"idp/internal/config/strictyaml"
)

// Load reads and checks the file at path, with the files that it includes. Its
// error lists every fault.
func Load(path string, getenv func(string) string) (*Config, error) {
	c, _, err := read(path, getenv)
	return c, err
}

func read(path string, getenv func(string) string) (*Config, Inputs, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, Inputs{Documents: []string{path}}, fmt.Errorf("read configuration: %w", err)
	}
	return parse(path, data, getenv)
}

// Parse is Load for a text in hand; file is shown in faults, and its directory is
// where includes are looked for.
func Parse(file string, data []byte, getenv func(string) string) (*Config, error) {
	c, _, err := parse(file, data, getenv)
	return c, err
}

func parse(file string, data []byte, getenv func(string) string) (*Config, Inputs, error) {
	c := Default()
	positions, faults := strictyaml.Decode(file, data, &c)
	v := &validator{config: &c, getenv: getenv, positions: positions, faults: faults}
	documents := v.include(file)
	in := c.inputs(documents)
	if c.Include != "" {
		in.Patterns = append(in.Patterns, v.pattern(file))
	}
	if len(faults) == 0 || positions.Readable() {
		v.check()
	}
	if len(v.faults) > 0 {
		v.sortFaults(documents)
		return nil, in, v.faults
	}
	c.spots = v.spot
	return &c, in, nil
}

// LoadClients reads and checks a file that holds nothing but clients, written as
// in a whole configuration. Its error lists every fault.
func LoadClients(path string, getenv func(string) string) ([]Client, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read clients: %w", err)
	}
	var only clientFile
	positions, faults := strictyaml.Decode(path, data, &only)
	c := Default()
	c.Clients = only.Clients
	v := &validator{config: &c, getenv: getenv, positions: positions, faults: faults}
	if len(faults) == 0 || positions.Readable() {
		v.checkExpansion()
		v.checkClients()
	}
	if len(v.faults) > 0 {
		v.faults.Sort()
		return nil, v.faults
	}
	return c.Clients, nil
}
