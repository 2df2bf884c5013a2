package config_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"idp/internal/config"
)

// keyFile is a file with a private key.
func keyFile(t *testing.T, key crypto.PrivateKey) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func dkimKey(t *testing.T) string {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return keyFile(t, key)
}

const shortSMTP = "smtp: {host: smtp.example.com}"

// with is the minimal configuration with other words about mail.
func with(mail string) ([]byte, func(string) string) {
	return []byte(strings.Replace(minimal(""), shortSMTP, mail, 1)), func(n string) string {
		if n == "SHORT" {
			return "tooshort"
		}
		return environment(n)
	}
}

// mail.smtp is the short form of a list of one, and the first of a longer one.
func TestProvidersInOrder(t *testing.T) {
	const list = "providers: [{name: a, smtp: {preset: postmark}}, {name: b, hook: {url: https://mailer.example.com/, secret: env:IDP_HOOK_SECRET}}]"
	for text, want := range map[string]string{shortSMTP: "smtp", list: "a b", shortSMTP + ", " + list: "smtp a b"} {
		data, env := with(text)
		c, err := config.Parse("idp.yaml", data, env)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		var names []string
		for _, p := range c.Mail.All() {
			names = append(names, p.Name)
			if p.Hook.URL == "" && (p.SMTP.Port != 587 || p.SMTP.Security != "starttls") {
				t.Errorf("%s: the defaults are missing: %+v", p.Name, p.SMTP)
			}
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestMailFaults(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	wrong, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	provider := func(inside string) string { return "providers: [{name: a, " + inside + "}]" }
	hook := func(inside string) string { return provider("hook: {" + inside + "}") }
	dkim := func(inside string) string { return shortSMTP + ", dkim: {" + inside + "}" }
	for _, c := range []struct{ mail, want string }{
		{"providers: []", "mail.smtp.host: is missing"},
		{provider("smtp: {port: 25}"), "mail.providers[0].smtp.host: is missing"},
		{provider("smtp: {preset: ses}"), "mail.providers[0].smtp.host: is missing"},
		{provider("smtp: {preset: pigeon}"), "mail.providers[0].smtp.preset: must be one of"},
		{provider("smtp: {host: x.example.com, security: none}"), "mail.providers[0].smtp.security: must be starttls"},
		{provider("smtp: {host: x.example.com, username: u}"), "mail.providers[0].smtp.password: is missing"},
		{provider("bounce_secret: env:SHORT, smtp: {preset: brevo}"), "mail.providers[0].bounce_secret: is too short"},
		{provider("smtp: {preset: brevo}, hook: {url: https://a.example.com/, secret: env:IDP_HOOK_SECRET}"), "must not be set beside smtp"},
		{hook("url: https://a.example.com/"), "mail.providers[0].hook.secret: is missing"},
		{hook("url: https://a.example.com/, secret: env:SHORT"), "mail.providers[0].hook.secret: is too short"},
		{hook("url: http://a.example.com/, secret: env:IDP_HOOK_SECRET"), "mail.providers[0].hook.url: must be an https address"},
		{hook("url: https://10.0.0.1/, secret: env:IDP_HOOK_SECRET"), "hook.url: leads to an address that is not on the public internet"},
		{"providers: [{name: A, smtp: {preset: brevo}}]", "mail.providers[0].name: must be a short name"},
		{"providers: [{smtp: {preset: brevo}}]", "mail.providers[0].name: must be a short name"},
		{"providers: [{name: smtp, smtp: {preset: brevo}}]", "mail.providers[0].name: is the name of another"},
		{"providers: [{name: a, smtp: {preset: brevo}}, {name: a, smtp: {preset: brevo}}]", "mail.providers[1].name: is the name of another"},
		{dkim("domain: example.com, selector: s1"), "mail.dkim.key: is missing"},
		{dkim("domain: example.org, selector: s1, key: file:" + dkimKey(t)), "mail.dkim.domain: must be the domain of mail.from"},
		{dkim("domain: com, selector: s1, key: file:" + dkimKey(t)), "mail.dkim.domain: must be a domain"},
		{dkim("domain: example.com, key: file:" + dkimKey(t)), "mail.dkim.selector: must be a name"},
		{dkim("domain: example.com, selector: s1, key: file:config_test.go"), "mail.dkim.key: holds no PEM block"},
		{dkim("domain: example.com, selector: s1, key: file:" + keyFile(t, small)), "mail.dkim.key: is too short"},
		{dkim("domain: example.com, selector: s1, key: file:" + keyFile(t, wrong)), "mail.dkim.key: is neither"},
	} {
		data, env := with(c.mail)
		if _, err := config.Parse("idp.yaml", data, env); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the error does not say %q: %v", c.mail, c.want, err)
		}
	}
}
