package config

import (
	"os"

	"idp/internal/words"
)

// Locales are the languages of pages and letters.
type Locales struct {
	Default string `yaml:"default"` // for people who prefer none that there is
	Dir     string `yaml:"dir"`     // with words and letters of the administrator's own
}

func (v *validator) checkLocales() {
	v.oneOf("locales.default", v.config.Locales.Default, words.Locales()...)
	if dir := v.config.Locales.Dir; dir != "" {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			v.fail("locales.dir", "is no directory that can be read: %s", dir)
		}
	}
}
