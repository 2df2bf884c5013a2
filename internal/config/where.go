package config

import "fmt"

// Where is the file and line of a YAML path such as clients[2].redirect_uris, or of
// the nearest path above it that the file has; "" for a configuration that was not
// read from a file.
func (c *Config) Where(path string) string {
	if c.spots == nil {
		return ""
	}
	at, _ := c.spots(path)
	return fmt.Sprintf("%s:%d", at.File, at.Line)
}
