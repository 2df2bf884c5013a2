package presets

import (
	"fmt"
	"strings"
)

// Checked says what a preset was compared with. Applications change, so it has a
// date; and what nobody could look at is said too.
type Checked struct {
	Date    string   `yaml:"date"`    // as in 2026-11-21
	Against []string `yaml:"against"` // public pages, and files of public repositories
	Open    string   `yaml:"open"`    // what could not be checked; "" if all of it was
}

// line is a line of the page about applications.
func (c Checked) line(p Preset) string {
	line := fmt.Sprintf("- `%s`, %s: %s.", p.Key, c.Date, strings.Join(c.Against, "; "))
	if c.Open != "" {
		line += " Not checked: " + c.Open + "."
	}
	return line + "\n"
}
