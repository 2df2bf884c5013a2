package app_test

import (
	"strings"
	"testing"

	"idp/internal/config"
	"idp/internal/mail"
)

// The configuration accepts exactly the presets that exist.
func TestPresets(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"sendgrid", "mailgun", "postmark", "mandrill", "mailjet", "ses", "brevo", "", "gmail"} {
		preset, known := mail.PresetOf(name)
		text := "issuer: https://a.example.com\nmail: {from: a@example.com, providers: [{name: a, smtp: {preset: '" + name + "'}}]}\n"
		_, err := config.Parse("x.yaml", []byte(text), func(string) string { return "" })
		if err == nil {
			t.Fatal("the configuration is not complete")
		}
		if accepted := !strings.Contains(err.Error(), "smtp.preset"); accepted != known && name != "" {
			t.Errorf("%q: accepted %v, known %v", name, accepted, known)
		}
		if knows := !strings.Contains(err.Error(), "smtp.host"); known && knows != (preset.Host != "") {
			t.Errorf("%q: the host is known to one of them only", name)
		}
		for _, h := range preset.Headers {
			if strings.ContainsAny(strings.ReplaceAll(h.Value, "\r\n ", ""), "\r\n") {
				t.Errorf("%q: header %s breaks", name, h.Name)
			}
		}
	}
}
