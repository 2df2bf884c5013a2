package config

import "idp/internal/words"

// Locales are the languages of pages and letters.
type Locales struct {
	Default string `yaml:"default"` // for people who prefer none that there is
	Dir     string `yaml:"dir"`     // with words and letters of the administrator's own
}

func (v *validator) checkLocales() {
	v.oneOf("locales.default", v.config.Locales.Default, words.Locales()...)
}
