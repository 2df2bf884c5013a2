package config

import (
	"cmp"
	"fmt"
	"os"
	"slices"

	"idp/internal/pattern"
)

// Mail is how mails leave.
type Mail struct {
	From        string     `yaml:"from"`
	FromName    string     `yaml:"from_name"`
	SubjectCode bool       `yaml:"subject_code"`
	ReplyTo     string     `yaml:"reply_to"`
	SMTP        SMTP       `yaml:"smtp"`
	Providers   []Provider `yaml:"providers"`
	DKIM        DKIM       `yaml:"dkim"`
}

// SMTP is a server that takes the mails.
type SMTP struct {
	Preset   string    `yaml:"preset"`
	Host     string    `yaml:"host"`
	Port     int       `yaml:"port"`
	Security string    `yaml:"security"`
	Username string    `yaml:"username"`
	Password SecretRef `yaml:"password"`
	CAFile   string    `yaml:"ca_file"`
}

// Provider is one of several ways out: an SMTP server or a hook.
type Provider struct {
	Name         string    `yaml:"name"`
	SMTP         SMTP      `yaml:"smtp"`
	Hook         Hook      `yaml:"hook"`
	BounceSecret SecretRef `yaml:"bounce_secret"`
}

// Hook is a program that takes the mails by HTTP.
type Hook struct {
	URL    string    `yaml:"url"`
	Secret SecretRef `yaml:"secret"`
}

// FirstProvider is the name of the provider that mail.smtp is.
const FirstProvider = "smtp"

// All are the providers in their order, mail.smtp first if there is one.
func (m *Mail) All() []Provider {
	if m.SMTP.unset() {
		return m.Providers
	}
	return append([]Provider{{Name: FirstProvider, SMTP: m.SMTP}}, m.Providers...)
}

// unset reports whether the file says nothing that differs from the defaults.
func (s SMTP) unset() bool {
	return s == SMTP{} || s == defaultSMTP()
}

func defaultSMTP() SMTP { return SMTP{Port: 587, Security: "starttls"} }

// mailPresets are the names that mail.PresetOf knows, and whether it knows their
// host too.
var mailPresets = map[string]bool{
	"sendgrid": true, "mailgun": true, "postmark": true, "mandrill": true, "mailjet": true, "ses": false, "brevo": true,
}

func (v *validator) checkMail() {
	m := &v.config.Mail
	v.address("mail.from", &m.From, "is missing: the address that mails come from, such as login@example.com")
	v.address("mail.reply_to", &m.ReplyTo, "")
	v.label("mail.from_name", m.FromName)
	if len(m.Providers) == 0 || !m.SMTP.unset() {
		v.checkSMTP("mail.smtp", &m.SMTP)
	}
	names := []string{FirstProvider}
	for i := range m.Providers {
		path := fmt.Sprintf("mail.providers[%d]", i)
		p := &m.Providers[i]
		switch {
		case !providerName().MatchString(p.Name):
			v.fail(path+".name", "must be a short name of letters, digits and hyphens, such as backup")
		case slices.Contains(names, p.Name):
			v.fail(path+".name", "is the name of another provider")
		}
		names = append(names, p.Name)
		v.checkProvider(path, p)
	}
	v.checkDKIM()
}

var providerName = pattern.Lazy(`^[a-z0-9][a-z0-9-]{0,31}$`)

func (v *validator) checkProvider(path string, p *Provider) {
	v.signingKey(path+".bounce_secret", &p.BounceSecret)
	switch hook := p.Hook != (Hook{}); {
	case hook && p.SMTP != SMTP{}:
		v.fail(path+".hook", "must not be set beside smtp: a provider is one or the other")
	case hook:
		v.checkHook(path+".hook", &p.Hook)
	default:
		p.SMTP.Port = cmp.Or(p.SMTP.Port, defaultSMTP().Port)
		p.SMTP.Security = cmp.Or(p.SMTP.Security, defaultSMTP().Security)
		v.checkSMTP(path+".smtp", &p.SMTP)
	}
}

func (v *validator) checkHook(path string, h *Hook) {
	u := address(h.URL)
	switch {
	case u == nil || u.User != nil || u.Fragment != "" || u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())):
		v.fail(path+".url", "must be an https address, such as https://mailer.example.com/send")
	case !v.reachable(u.Hostname()):
		v.fail(path+".url", "leads to an address that is not on the public internet: name it in http.allow_private_targets")
	}
	if !h.Secret.IsSet() {
		v.fail(path+".secret", "is missing: what signs the requests, env:NAME or file:/path")
	}
	v.signingKey(path+".secret", &h.Secret)
}

// signingKey reads a secret that signs, so nobody may guess it.
func (v *validator) signingKey(path string, ref *SecretRef) {
	v.resolve(path, ref)
	if !ref.Token().IsZero() && len(ref.Token().Reveal()) < minSigningKey {
		v.fail(path, "is too short: it needs at least %d characters; make one with openssl rand -base64 32", minSigningKey)
	}
}

const minSigningKey = 24

// resolve reads a secret that is text chosen by somebody, such as a password.
func (v *validator) resolve(path string, ref *SecretRef) {
	if err := ref.Resolve(v.getenv); err != nil {
		v.fail(path, "%v", err)
	}
}

func (v *validator) checkSMTP(path string, s *SMTP) {
	knowsHost, known := mailPresets[s.Preset]
	switch {
	case s.Preset != "" && !known:
		v.fail(path+".preset", "must be one of: brevo, mailgun, mailjet, mandrill, postmark, sendgrid, ses")
	case s.Host != "" && !isHost(s.Host):
		v.fail(path+".host", "must be the name of a server, such as smtp.example.com, without scheme and port")
	case s.Host == "" && !knowsHost:
		v.fail(path+".host", "is missing: the name of the mail server that takes our mails")
	}
	v.within(path+".port", s.Port, 1, 65535)
	v.oneOf(path+".security", s.Security, "starttls", "tls", "none")
	if s.Security == "none" && !isLoopback(s.Host) {
		v.fail(path+".security", "must be starttls or tls: sign-in links would cross the network in clear")
	}
	v.resolve(path+".password", &s.Password)
	if s.Username == "" && s.Password.IsSet() {
		v.fail(path+".username", "is missing, but a password is set")
	}
	if s.Username != "" && !s.Password.IsSet() {
		v.fail(path+".password", "is missing, but a username is set")
	}
	if s.CAFile != "" {
		if _, err := os.Stat(s.CAFile); err != nil {
			v.fail(path+".ca_file", "cannot be read: %v", err)
		}
	}
}
