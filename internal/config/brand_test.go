package config_test

import (
	"strings"
	"testing"

	"idp/internal/config"
)

func TestBrand(t *testing.T) {
	t.Parallel()
	for lines, want := range map[string]string{
		`brand_color: "#0B6E4F"`:                   "",
		`brand_color: "#ffcc00"`:                   "clients[0].brand_color: cannot be read on light pages: its contrast is 1.4, and 4.5 is needed; #856a00 is the nearest",
		`brand_color: "#fff"`:                      "clients[0].brand_color: must be a colour as #rrggbb",
		`brand_color: green`:                       "clients[0].brand_color: must be a colour as #rrggbb",
		`support: help@example.com`:                "",
		`support: https://example.com/help`:        "",
		`support: mailto:help@example.com`:         "clients[0].support: must be a mail address",
		`support: "Help <help@example.com>"`:       "clients[0].support: must be a mail address",
		`support: http://example.com/`:             "clients[0].support: must be an https address, or a mail address",
		`support: javascript:alert(1)`:             "clients[0].support: must be an https address",
		`support: "https://example.com@evil.test"`: "clients[0].support: must be an https address",
	} {
		got, err := config.Parse("idp.yaml", []byte(signing(secretLine+"\n    "+lines)), environment)
		switch {
		case want == "" && (err != nil || strings.HasPrefix(lines, "brand") && got.Declared[0].BrandColor != "#0b6e4f"):
			t.Errorf("%s: %v", lines, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want %q", lines, err, want)
		}
	}
}
