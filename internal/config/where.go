package config

import "fmt"

// Where is the file and line of a YAML path such as clients[2].redirect_uris, or of
// the nearest path above it that the file has; "" for a configuration that was not
// read from a file.
func (c *Config) Where(path string) string {
	if c.positions == nil {
		return ""
	}
	at := c.positions.At(path)
	return fmt.Sprintf("%s:%d", at.File, at.Line)
}
