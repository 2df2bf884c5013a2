package config

import (
	"net/netip"
	"net/url"
	"time"

	"idp/internal/config/strictyaml"
	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/words"
)

// Config is the whole configuration. The yaml tags are its documented keys;
// config.example.yaml explains each of them.
type Config struct {
	Issuer         string    `yaml:"issuer"`
	Listen         string    `yaml:"listen"`
	TLS            TLS       `yaml:"tls"`
	Secret         SecretRef `yaml:"secret"`
	PreviousSecret SecretRef `yaml:"previous_secret"`
	Database       Database  `yaml:"database"`
	Mail           Mail      `yaml:"mail"`
	Login          Login     `yaml:"login"`
	Locales        Locales   `yaml:"locales"`
	Session        Session   `yaml:"session"`
	Signup         Signup    `yaml:"signup"`
	Limits         Limits    `yaml:"limits"`
	HTTP           HTTP      `yaml:"http"`
	Keys           Keys      `yaml:"keys"`
	Log            Log       `yaml:"log"`
	Clients        []Client  `yaml:"clients"`
	Include        string    `yaml:"include"`

	Groups            map[string]Members `yaml:"groups"`
	ClientsByMetadata ClientsByMetadata  `yaml:"clients_by_metadata"`
	Abuse             Abuse              `yaml:"abuse"`
	Registration      Registration       `yaml:"registration"`
	Audit             Audit              `yaml:"audit"`
	Admin             Admin              `yaml:"admin"`
	Tracing           Tracing            `yaml:"tracing"`
	ShutdownDelay     Duration           `yaml:"shutdown_delay"`

	// What the texts above come to, filled in by Load.
	IssuerURL      *url.URL       `yaml:"-"`
	Proxies        []netip.Prefix `yaml:"-"`
	PrivateTargets []netip.Prefix `yaml:"-"`
	Declared       []idp.Client   `yaml:"-"`

	spots func(path string) (at strictyaml.Position, there bool) // where its settings stand
}

// Database is where everything is kept.
type Database struct {
	URL            SecretRef `yaml:"url"`
	MaxConnections int       `yaml:"max_connections"`
}

// Login are the numbers of a sign-in by mail.
type Login struct {
	SecretTTL         Duration   `yaml:"secret_ttl"`
	ChallengeTTL      Duration   `yaml:"challenge_ttl"`
	CodeAttempts      int        `yaml:"code_attempts"`
	ChallengeAttempts int        `yaml:"challenge_attempts"`
	SendsPerChallenge int        `yaml:"sends_per_challenge"`
	ResendAfter       []Duration `yaml:"resend_after"`
	KnownBrowserTTL   Duration   `yaml:"known_browser_ttl"`
	ForeignLinks      string     `yaml:"foreign_links"`
	IDNDomains        bool       `yaml:"idn_domains"`
	Notices           bool       `yaml:"notices"`
}

// Session says how long a browser stays signed in.
type Session struct {
	TTL         Duration `yaml:"ttl"`
	AbsoluteTTL Duration `yaml:"absolute_ttl"`
}

// Signup says who may sign in that never did before.
type Signup struct {
	Mode      string   `yaml:"mode"`
	Addresses []string `yaml:"addresses"`
	Domains   []string `yaml:"domains"`
}

// Limits are the budgets against abuse, each written as "5/5m".
type Limits struct {
	SendPerAddress   []Rate `yaml:"send_per_address"`
	SendPerAddressIP []Rate `yaml:"send_per_address_ip"`
	SendPerIP        []Rate `yaml:"send_per_ip"`
	CodesPerIP       Rate   `yaml:"codes_per_ip"`
	WrongPerAddress  Rate   `yaml:"wrong_per_address"`

	SendPerKnownBrowser []Rate `yaml:"send_per_known_browser"`
	SendPerInstance     []Rate `yaml:"send_per_instance"`
	SendReserve         int    `yaml:"send_reserve"`
	SendUnknown         Rate   `yaml:"send_unknown"`
	SendPerNewDomain    Rate   `yaml:"send_per_new_domain"`
	WrongPerIP          Rate   `yaml:"wrong_per_ip"`
	CodesPerBrowser     Rate   `yaml:"codes_per_browser"`
	PostsPerBrowser     Rate   `yaml:"posts_per_browser"`
	LongCodesAbove      Rate   `yaml:"long_codes_above"`
	LongCodesShare      int    `yaml:"long_codes_share"`
	WrongShortCodes     int    `yaml:"wrong_short_codes"`

	DevicesPerIP          Rate `yaml:"devices_per_ip"`
	DeviceCodesPerIP      Rate `yaml:"device_codes_per_ip"`
	DeviceCodesPerBrowser Rate `yaml:"device_codes_per_browser"`
}

// TLS is the certificate for serving https without a proxy in front. Both files
// or none.
type TLS struct {
	CertFile string `yaml:"cert_file"`
	KeyFile  string `yaml:"key_file"`
}

// On reports whether this server speaks TLS itself.
func (t TLS) On() bool { return t.CertFile != "" }

// HTTP is what stands between this server and its callers, and between it and
// those that it calls.
type HTTP struct {
	TrustedProxies      []string `yaml:"trusted_proxies"`
	TrustedCAs          []string `yaml:"trusted_cas"`
	AllowPrivateTargets []string `yaml:"allow_private_targets"`
}

// Keys says how signing keys rotate.
type Keys struct {
	RotateEvery  Duration `yaml:"rotate_every"`
	PublishAhead Duration `yaml:"publish_ahead"`
	KeepRetired  Duration `yaml:"keep_retired"`
}

// Audit is how long the audit log keeps what happened.
type Audit struct {
	Retention Duration `yaml:"retention"`
}

// Log is what is logged and how.
type Log struct {
	Level  string `yaml:"level"`
	Format string `yaml:"format"`
}

// Default returns the configuration of an empty file.
func Default() Config {
	d := magiclink.Defaults()
	return Config{
		Listen:   "127.0.0.1:8080",
		Database: Database{MaxConnections: 16},
		Mail:     Mail{FromName: "Sign-in", SubjectCode: true, SMTP: defaultSMTP()},
		Login: Login{
			SecretTTL: Duration(d.SecretTTL), ChallengeTTL: Duration(d.ChallengeTTL), CodeAttempts: d.CodeAttempts,
			ChallengeAttempts: d.ChallengeAttempts, SendsPerChallenge: d.SendsPerChallenge, ResendAfter: durations(d.ResendAfter),
			KnownBrowserTTL: Duration(180 * day), ForeignLinks: string(idp.ForeignConfirm), Notices: true,
		},
		Locales: Locales{Default: words.Locales()[0]},
		Session: Session{TTL: Duration(d.Session.TTL), AbsoluteTTL: Duration(d.Session.AbsoluteTTL)},
		Signup:  Signup{Mode: string(magiclink.SignupOpen)},
		Limits:  defaultLimits(&d.Limits),
		Keys:    Keys{RotateEvery: Duration(90 * day), PublishAhead: Duration(7 * day), KeepRetired: Duration(2 * day)},
		Audit:   Audit{Retention: Duration(400 * day)},
		Log:     Log{Level: "info", Format: "json"},

		ClientsByMetadata: ClientsByMetadata{Scopes: strangerScopes()},
		Abuse:             Abuse{WorkAbove: d.Limits.WorkAbove, WorkBits: 16},
		Tracing:           Tracing{Sample: 1},
		Registration:      Registration{Scopes: strangerScopes(), MaxClients: 100, UnusedTTL: Duration(30 * day)},
	}
}

// Settings are the login's numbers in its own terms.
func (c *Config) Settings() magiclink.Settings {
	return magiclink.Settings{
		SecretTTL: c.Login.SecretTTL.Std(), ChallengeTTL: c.Login.ChallengeTTL.Std(), CodeAttempts: c.Login.CodeAttempts,
		IDNDomains: c.Login.IDNDomains, ChallengeAttempts: c.Login.ChallengeAttempts, SendsPerChallenge: c.Login.SendsPerChallenge, ResendAfter: stdDurations(c.Login.ResendAfter),
		Session:         magiclink.SessionSettings{TTL: c.Session.TTL.Std(), AbsoluteTTL: c.Session.AbsoluteTTL.Std()},
		KnownBrowserTTL: c.Login.KnownBrowserTTL.Std(),
		Limits:          c.loginLimits(), Signup: c.Signup.policy(), Notices: c.Login.Notices, Announce: c.Login.Notices && c.Login.KnownBrowserTTL > 0, Signups: c.clientPolicies(),
	}
}

// KeyPolicy is the rotation of signing keys in the vocabulary's terms. An ID token that
// is older than any session says nothing of one.
func (c *Config) KeyPolicy() idp.KeyPolicy {
	return idp.KeyPolicy{RotateEvery: c.Keys.RotateEvery.Std(), PublishAhead: c.Keys.PublishAhead.Std(), KeepRetired: c.Keys.KeepRetired.Std(), KeepPast: c.Session.AbsoluteTTL.Std()}
}

// Insecure reports whether the issuer is plain http, which is accepted on
// loopback only.
func (c *Config) Insecure() bool { return c.IssuerURL.Scheme == "http" }

const day = 24 * time.Hour
