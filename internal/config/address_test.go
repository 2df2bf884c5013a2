package config_test

import (
	"testing"

	"idp/internal/config"
)

// The switch holds for the addresses of the configuration and of commands too.
func TestParseAddress(t *testing.T) {
	t.Parallel()
	off, on := &config.Config{}, &config.Config{Login: config.Login{IDNDomains: true}}
	if got, err := off.ParseAddress("ada@b\u00fccher.example"); err == nil {
		t.Errorf("off: %s", got)
	}
	for typed, want := range map[string]string{
		"ada@b\u00fccher.example": "ada@xn--bcher-kva.example", "Ada@XN--bcher-kva.example": "ada@xn--bcher-kva.example", "Ada@Example.com": "ada@example.com",
	} {
		if got, err := on.ParseAddress(typed); err != nil || got != want {
			t.Errorf("on: %q is %q, %v", typed, got, err)
		}
	}
}
