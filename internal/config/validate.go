package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"idp/internal/config/strictyaml"
	"idp/internal/secret"
)

// validator checks what the types cannot. It reports at the place where the
// value stands, or would stand.
type validator struct {
	config    *Config
	getenv    func(string) string
	positions *strictyaml.Positions
	faults    strictyaml.Faults
	included  []included
	rules     map[string]rule // filled in for the schema, if it is not nil
}

// rule is what a setting is held to, whatever it says.
type rule struct {
	oneOf     []string
	low, high int
}

func (v *validator) rule(path string, r rule) {
	if v.rules != nil {
		v.rules[path] = r
	}
}

// fail reports a fault, unless the decoder already found one at that very place.
func (v *validator) fail(path, format string, args ...any) {
	at := v.at(path)
	for _, f := range v.faults {
		if f.Path == at.Path && f.File == at.File {
			return
		}
	}
	v.faults = append(v.faults, strictyaml.Fault{Position: at, Message: fmt.Sprintf(format, args...)})
}

func (v *validator) check() {
	c := v.config
	v.checkExpansion()
	v.checkIssuer()
	v.checkSecrets()
	v.checkListen()
	v.within("database.max_connections", c.Database.MaxConnections, 2, 1000)
	c.Proxies = v.networks("http.trusted_proxies", c.HTTP.TrustedProxies)
	v.checkProxies()
	v.checkOutbound()
	v.checkMail()
	v.checkLogin()
	v.checkLocales()
	v.checkSignup("signup.", &c.Signup)
	v.checkLimits()
	v.checkTLS()
	v.oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	v.oneOf("log.format", c.Log.Format, "json", "text")
	v.checkClients()
	v.checkStrangers()
	v.checkAdmin()
	v.checkTracing()
	if c.ShutdownDelay.Std() > time.Minute {
		v.fail("shutdown_delay", "must be at most 1m")
	}
}

func (v *validator) checkIssuer() {
	c := v.config
	if c.Issuer == "" {
		v.fail("issuer", "is missing: the https address under which browsers reach this server, such as https://login.example.com")
		return
	}
	u, err := url.Parse(c.Issuer)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Contains(c.Issuer, "#"):
		v.fail("issuer", "must be an address such as https://login.example.com")
	case strings.HasSuffix(c.Issuer, "/") || u.Path != "":
		v.fail("issuer", "must have no path and no slash at the end")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		v.fail("issuer", "must be https: plain http is accepted for localhost only")
	case u.Scheme != "https" && u.Scheme != "http":
		v.fail("issuer", "must be an https address")
	case !hasHost(u):
		v.fail("issuer", "must lead to a host, such as login.example.com, and a port that there can be")
	case u.Host != strings.ToLower(u.Host):
		v.fail("issuer", "must be in lower case")
	default:
		c.IssuerURL = u
	}
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

func (v *validator) checkSecrets() {
	c := v.config
	if !c.Secret.IsSet() {
		v.fail("secret", "is missing: make one with openssl rand -base64 32 and name it here as env:IDP_SECRET or file:/path")
	}
	if !c.Database.URL.IsSet() {
		v.fail("database.url", "is missing: env:IDP_DATABASE_URL or file:/path, holding postgres://… or sqlite:/path/to/idp.db")
	}
	for _, s := range []struct {
		path string
		ref  *SecretRef
		root bool
	}{{"secret", &c.Secret, true}, {"previous_secret", &c.PreviousSecret, true}, {"database.url", &c.Database.URL, false}} {
		if err := s.ref.Resolve(v.getenv); err != nil {
			v.fail(s.path, "%v", err)
		} else if s.root && s.ref.IsSet() && len(s.ref.Token().Reveal()) < secret.MinRootBytes {
			v.fail(s.path, "is too short: it needs at least %d characters; make one with openssl rand -base64 32", secret.MinRootBytes)
		}
	}
	if p := c.PreviousSecret.Token(); !p.IsZero() && p.Reveal() == c.Secret.Token().Reveal() {
		v.fail("previous_secret", "is the same as secret: it is for the other one, while that is replaced")
	}
	v.checkDatabaseURL()
}

// address checks one mail address and replaces it by its canonical form. missing says
// what is wrong without one; "" if that is well.
func (v *validator) address(path string, value *string, missing string) {
	if *value == "" {
		if missing != "" {
			v.fail(path, "%s", missing)
		}
		return
	}
	canonical, err := v.config.ParseAddress(*value)
	if err != nil {
		v.fail(path, "must be one plain address, such as login@example.com")
		return
	}
	*value = canonical
}

// label checks a text that people see in mails and pages.
func (v *validator) label(path, value string) {
	if strings.TrimSpace(value) == "" || len([]rune(value)) > 64 {
		v.fail(path, "must be a text of 1 to 64 characters")
		return
	}
	for _, r := range value {
		if unicode.IsControl(r) || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			v.fail(path, "must not contain control characters")
			return
		}
	}
}

func (v *validator) checkLogin() {
	l, s, k := &v.config.Login, &v.config.Session, &v.config.Keys
	v.span("login.secret_ttl", l.SecretTTL, time.Minute, 15*time.Minute)
	v.span("login.challenge_ttl", l.ChallengeTTL, max(5*time.Minute, min(l.SecretTTL.Std(), 15*time.Minute)), 30*time.Minute)
	v.within("login.code_attempts", l.CodeAttempts, 1, 5)
	v.within("login.challenge_attempts", l.ChallengeAttempts, 1, 10)
	v.within("login.sends_per_challenge", l.SendsPerChallenge, 1, 10)
	for i, d := range l.ResendAfter {
		v.span(fmt.Sprintf("login.resend_after[%d]", i), d, 0, 30*time.Minute)
	}
	v.span("session.ttl", s.TTL, 5*time.Minute, 400*day)
	v.span("session.absolute_ttl", s.AbsoluteTTL, s.TTL.Std(), 400*day)
	v.span("audit.retention", v.config.Audit.Retention, 30*day, 3650*day)
	v.span("keys.publish_ahead", k.PublishAhead, 10*time.Minute, 90*day)
	v.span("keys.rotate_every", k.RotateEvery, 2*k.PublishAhead.Std(), 3650*day)
	v.span("keys.keep_retired", k.KeepRetired, day, 3650*day)
}

func (v *validator) within(path string, value, low, high int) {
	v.rule(path, rule{low: low, high: high})
	if value < low || value > high {
		v.fail(path, "must be from %d to %d", low, high)
	}
}

func (v *validator) span(path string, d Duration, low, high time.Duration) {
	if d.Std() < low || d.Std() > high {
		v.fail(path, "must be from %s to %s", Duration(low), Duration(high))
	}
}

func (v *validator) oneOf(path, value string, allowed ...string) {
	v.rule(path, rule{oneOf: allowed})
	if !slices.Contains(allowed, value) {
		v.fail(path, "must be one of: %s", strings.Join(allowed, ", "))
	}
}
