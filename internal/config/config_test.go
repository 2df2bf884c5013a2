package config_test

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"idp/internal/config"
	"idp/internal/secret"
)

// environment is what the example needs.
func environment(name string) string {
	return map[string]string{
		"IDP_SECRET": strings.Repeat("s", 44), "IDP_PREVIOUS_SECRET": strings.Repeat("p", 44),
		"IDP_DATABASE_URL": "postgres://idp@localhost/idp", "IDP_SMTP_PASSWORD": "hunter2hunter2",
		"IDP_BACKUP_PASSWORD": "hunter3hunter3", "IDP_BOUNCE_SECRET": strings.Repeat("b", 32), "IDP_HOOK_SECRET": strings.Repeat("h", 32), "IDP_CAPTCHA_SECRET": "hush",
		"IDP_OTLP_AUTHORIZATION": "Bearer hush",
	}[name]
}

func example(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	pair := certificate(t)
	return strings.NewReplacer(placeholder, aHash, strings.ReplaceAll(placeholder, "0", "1"), strings.ReplaceAll(aHash, "notes", "other"),
		strings.ReplaceAll(placeholder, "0", "2"), strings.ReplaceAll(aHash, "notes", "wikis"), "/etc/idp/mail-ca.pem", "config_test.go", "/etc/idp/company-ca.pem", pair.cert, "/etc/idp/agents-ca.pem", pair.cert,
		"/etc/idp/tls/fullchain.pem", pair.cert, "/etc/idp/tls/key.pem", pair.key,
		"/etc/idp/admin/cert.pem", pair.cert, "/etc/idp/admin/key.pem", pair.key, "/etc/idp/admin/callers.pem", pair.cert,
		"/etc/idp/dkim.pem", dkimKey(t), "/etc/idp/locales", t.TempDir()).Replace(string(raw))
}

// The example documents the defaults, so what it shows as one must be one.
func TestExampleShowsTheDefaults(t *testing.T) {
	got, err := config.Parse("config.example.yaml", []byte(example(t)), environment)
	if err != nil {
		t.Fatal(err)
	}
	want := config.Default()
	for name, pair := range map[string][2]any{
		"listen": {got.Listen, want.Listen}, "max_connections": {got.Database.MaxConnections, want.Database.MaxConnections},
		"from_name": {got.Mail.FromName, want.Mail.FromName}, "port": {got.Mail.SMTP.Port, want.Mail.SMTP.Port},
		"security": {got.Mail.SMTP.Security, want.Mail.SMTP.Security}, "login": {got.Login, want.Login}, "session": {got.Session, want.Session},
		"signup.mode": {got.Signup.Mode, want.Signup.Mode}, "limits": {got.Limits, want.Limits}, "keys": {got.Keys, want.Keys}, "log": {got.Log, want.Log},
		"shutdown_delay": {got.ShutdownDelay, want.ShutdownDelay}, "sample": {got.Tracing.Sample, want.Tracing.Sample},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("%s: the example says %v, the default is %v", name, pair[0], pair[1])
		}
	}
	// A client with only what it must have gets what the example shows.
	short, err := config.Parse("x.yaml", []byte(minimal("")), environment)
	if err != nil {
		t.Fatal(err)
	}
	a, b := got.Declared[0], short.Declared[0]
	b.Resources, b.Allow, b.MaxSessionAge, b.ForeignLinks = a.Resources, a.Allow, a.MaxSessionAge, a.ForeignLinks
	b.UserinfoAlg, b.LogoURI, b.TermsURI, b.PolicyURI = a.UserinfoAlg, a.LogoURI, a.TermsURI, a.PolicyURI
	b.BrandColor, b.Support = a.BrandColor, a.Support
	b.AuthMethod, b.HomeURI, b.InitiateLoginURI, b.PostLogoutRedirectURIs, b.CORSOrigins = a.AuthMethod, a.HomeURI, a.InitiateLoginURI, a.PostLogoutRedirectURIs, a.CORSOrigins
	b.BackchannelLogoutURI, b.FrontchannelLogoutURI = a.BackchannelLogoutURI, a.FrontchannelLogoutURI
	b.BackchannelLogoutSessionRequired, b.FrontchannelLogoutSessionRequired = true, true
	b.Keys = a.Keys
	if !reflect.DeepEqual(a, b) {
		t.Errorf("the example's client is\n%+v\nthe default client is\n%+v", a, b)
	}
}

// Every key of the configuration stands in the example.
func TestExampleHasEveryKey(t *testing.T) {
	text := example(t)
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		for i := range typ.NumField() {
			f := typ.Field(i)
			key := f.Tag.Get("yaml")
			if key == "" || key == "-" {
				continue
			}
			if !strings.Contains(text, key+":") {
				t.Errorf("config.example.yaml does not explain %s", key)
			}
			inner := f.Type
			for inner.Kind() == reflect.Slice || inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			if inner.Kind() == reflect.Struct && inner.PkgPath() == typ.PkgPath() {
				walk(inner)
			}
		}
	}
	walk(reflect.TypeOf(config.Config{}))
}

// placeholder is what the example has for a hash. aHash is of a secret that nobody has.
const (
	placeholder = "sha256:0000000000000000000000000000000000000000000"
	aHash       = "sha256:notesnotesnotesnotesnotesnotesnotesnotesnot"
)

// minimal is the shortest good configuration, with more in front.
func minimal(more string) string {
	return more + `
issuer: https://login.example.com
secret: env:IDP_SECRET
database: {url: env:IDP_DATABASE_URL}
mail: {from: login@example.com, smtp: {host: smtp.example.com}}
clients:
  - id: notes
    name: Notes
    secrets: ["sha256:notesnotesnotesnotesnotesnotesnotesnotesnot"]
    redirect_uris: [https://notes.example.com/callback]
`
}

func TestFaults(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"unknown key", "issuer:", "isuer: x\nissuer:", "isuer: unknown key"},
		{"http issuer", "https://login.example.com", "http://login.example.com", "issuer: must be https"},
		{"issuer with path", "https://login.example.com", "https://login.example.com/idp", "must have no path"},
		{"issuer with slash", "https://login.example.com", "https://login.example.com/", "no slash at the end"},
		{"secret in the file", "env:IDP_SECRET", "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", "secret: must say where the secret is"},
		{"unset variable", "env:IDP_SECRET", "env:NOT_SET", "NOT_SET is not set"},
		{"short secret", "env:IDP_SECRET", "env:SHORT", "is too short"},
		{"no mail server", "smtp: {host: smtp.example.com}", "smtp: {port: 25}", "mail.smtp.host: is missing"},
		{"plain SMTP", "{host: smtp.example.com}", "{host: smtp.example.com, security: none}", "mail.smtp.security: must be starttls or tls"},
		{"from is no address", "from: login@example.com", "from: 'Login <login@example.com>'", "mail.from: must be one plain address"},
		{"wildcard redirect", "notes.example.com/callback", "*.example.com/callback", "clients[0].redirect_uris[0]: must not contain a wildcard"},
		{"http redirect", "https://notes", "http://notes", "must be https"},
		{"fragment", "/callback]", "/callback#x]", "fragment"},
		{"user in redirect", "https://notes.example.com/callback", "https://me@notes.example.com/callback", "user name"},
		{"javascript redirect", "https://notes.example.com/callback", "'javascript:alert(1)'", "must be an https address"},
		{"no secret", `secrets: ["sha256:notesnotesnotesnotesnotesnotesnotesnotesnot"]`, "", "clients[0].secrets: is missing"},
		{"public with secret", "name: Notes", "name: Notes\n    type: public", "clients[0].secrets: must not be set"},
		{"bad hash", aHash, "sha256:short", "not a hash"},
		{"the example's hash", aHash, placeholder, "clients[0].secrets[0]: is a placeholder: make one with: idp client secret"},
		{"a hash of ones", aHash, strings.ReplaceAll(placeholder, "0", "1"), "clients[0].secrets[0]: is a placeholder: make one with: idp client secret"},
		{"the example's token", "issuer:", "registration: {access_tokens: [\"" + placeholder + "\"]}\nissuer:", "registration.access_tokens[0]: is a placeholder: make one with: idp client registration-token"},
		{"id like a user's", "id: notes", "id: usr_notes", "must not begin with usr_"},
		{"long life", "issuer:", "login: {secret_ttl: 20m}\nissuer:", "login.secret_ttl: must be from 1m to 15m"},
		{"a second too long", "issuer:", "login: {secret_ttl: 15m1s}\nissuer:", "login.secret_ttl: must be from 1m to 15m"},
		{"bad span", "issuer:", "login: {secret_ttl: soon}\nissuer:", "login.secret_ttl: must be a time span"},
		{"bad rate", "issuer:", "limits: {codes_per_ip: many}\nissuer:", "limits.codes_per_ip: must be a number and a time span"},
		{"too many windows", "issuer:", "limits: {send_per_ip: [1/1m, 2/2m, 3/3m, 4/4m]}\nissuer:", "limits.send_per_ip: must have 1 to 3 budgets"},
		{"no window", "issuer:", "limits: {send_per_ip: []}\nissuer:", "limits.send_per_ip: must have 1 to 3 budgets"},
		{"a window twice", "issuer:", "limits: {send_per_ip: [1/1m, 2/60s]}\nissuer:", "limits.send_per_ip[1]: is a second budget"},
		{"codes and wrong ones", "issuer:", "limits: {wrong_per_ip: 5/1m}\nissuer:", "limits.wrong_per_ip: must be for another time span"},
		{"short codes rest early", "issuer:", "limits: {wrong_short_codes: 19}\nissuer:", "limits.wrong_short_codes: must not be less"},
		{"all in reserve", "issuer:", "limits: {send_reserve: 100}\nissuer:", "limits.send_reserve: must be from 0 to 90"},
		{"another captcha", "issuer:", "abuse: {captcha: {provider: mine, site_key: 0x4AAAAAAA, secret: \"env:IDP_CAPTCHA_SECRET\"}}\nissuer:", "abuse.captcha.provider: must be"},
		{"captcha without secret", "issuer:", "abuse: {captcha: {provider: turnstile, site_key: 0x4AAAAAAA}}\nissuer:", "abuse.captcha.secret: is missing"},
		{"captcha without key", "issuer:", "abuse: {captcha: {provider: turnstile, secret: \"env:IDP_CAPTCHA_SECRET\"}}\nissuer:", "abuse.captcha.site_key: must be"},
		{"captcha never", "issuer:", "abuse: {work_above: 0, captcha: {provider: hcaptcha, site_key: 0x4AAAAAAA, secret: \"env:IDP_CAPTCHA_SECRET\"}}\nissuer:", "abuse.captcha: is never shown"},
		{"hours of work", "issuer:", "abuse: {work_bits: 40}\nissuer:", "abuse.work_bits: must be from 8 to 24"},
		{"a client's empty allowlist", "name: Notes", "name: Notes\n    signup: {mode: allowlist}", "clients[0].signup.mode: is allowlist, but"},
		{"a client's list for nothing", "name: Notes", "name: Notes\n    signup: {mode: closed, domains: [example.com]}", "clients[0].signup.mode: must be allowlist"},
		{"a machine's sign-up", "redirect_uris: [https://notes.example.com/callback]", "grant_types: [client_credentials]\n    signup: {mode: open}", "clients[0].signup: must not be set"},
		{"empty allowlist", "issuer:", "signup: {mode: allowlist}\nissuer:", "signup.mode: is allowlist, but"},
		{"bad proxy", "issuer:", "http: {trusted_proxies: [proxy]}\nissuer:", "http.trusted_proxies[0]: must be an address"},
		{"machine with a way back", "name: Notes", "name: Notes\n    grant_types: [client_credentials]", "clients[0].redirect_uris: must not be set"},
		{"public machine", "secrets: [\"sha256:notesnotesnotesnotesnotesnotesnotesnotesnot\"]", "type: public\n    grant_types: [authorization_code, client_credentials]", "must not contain client_credentials"},
		{"refresh of nothing", "name: Notes", "name: Notes\n    grant_types: [client_credentials, refresh_token]", "contains refresh_token, but"},
		{"openid for a machine", "name: Notes", "name: Notes\n    grant_types: [client_credentials]\n    scopes: [openid]", "clients[0].scopes[0]: is about people"},
		{"relative resource", "name: Notes", "name: Notes\n    resources: [api]", "clients[0].resources[0]: must be an absolute address"},
		{"audience of an opaque token", "name: Notes", "name: Notes\n    audience: [api]", "clients[0].audience: needs access_token: at+jwt"},
		{"unknown group", "name: Notes", "name: Notes\n    allow: {groups: [staff]}", "clients[0].allow.groups[0]: is no group"},
		{"nobody", "name: Notes", "name: Notes\n    allow: {}", "clients[0].allow: names nobody"},
		{"bad member", "issuer:", "groups: {staff: {emails: [ada]}}\nissuer:", "groups.staff.emails[0]: must be one plain address"},
		{"bad group domain", "issuer:", "groups: {staff: {domains: ['*.example.com']}}\nissuer:", "groups.staff.domains[0]: must be a domain"},
		{"exchange of nothing", "name: Notes", "name: Notes\n    grant_types: [authorization_code, token_exchange]", "clients[0].token_exchange.from: is missing"},
		{"exchange of unknown clients", "name: Notes", "name: Notes\n    grant_types: [authorization_code, token_exchange]\n    token_exchange: {from: [other]}", "clients[0].token_exchange.from[0]: is no client"},
		{"exchange without the grant", "name: Notes", "name: Notes\n    token_exchange: {from: [notes]}", "clients[0].token_exchange: needs token_exchange"},
		{"sector of public subjects", "name: Notes", "name: Notes\n    sector_identifier: example.com", "clients[0].sector_identifier: needs subject_type"},
		{"two hosts", "redirect_uris: [", "subject_type: pairwise\n    redirect_uris: [https://a.example.com/, ", "clients[0].sector_identifier: is missing"},
		{"sector with a path", "name: Notes", "name: Notes\n    subject_type: pairwise\n    sector_identifier: example.com/x", "must be a host"},
		{"http logo", "name: Notes", "name: Notes\n    logo_uri: http://notes.example.com/logo.svg", "clients[0].logo_uri: must be an https address"},
		{"terms as a script", "name: Notes", "name: Notes\n    tos_uri: 'javascript:alert(1)'", "clients[0].tos_uri: must be an https address"},
		{"none for userinfo", "name: Notes", "name: Notes\n    userinfo_signed_response_alg: none", "clients[0].userinfo_signed_response_alg: must be one of"},
		{"native without refresh", "name: Notes", "name: Notes\n    native_api: true\n    grant_types: [authorization_code]", "clients[0].native_api: needs refresh_token"},
		{"native with consent", "name: Notes", "name: Notes\n    native_api: true\n    consent: once", "clients[0].native_api: must not be set with consent"},
		{"native with keys", "name: Notes", "name: Notes\n    native_api: true\n    dpop: required", "clients[0].native_api: must not be set with dpop"},
		{"native by post", "name: Notes", "name: Notes\n    native_api: true\n    auth_method: client_secret_post", "clients[0].native_api: must not be set with auth_method"},
		{"native without email", "name: Notes", "name: Notes\n    native_api: true\n    scopes: [openid, offline_access]", "clients[0].native_api: needs email among scopes"},
		{"native link of no native", "name: Notes", "name: Notes\n    native_link_uri: https://notes.example.com/in", "clients[0].native_link_uri: needs native_api"},
		{"own scheme of a web client", "name: Notes", "name: Notes\n    native_api: true\n    native_link_uri: com.example.notes:/in", "clients[0].native_link_uri: must be an https address"},
		{"script as a native link", "name: Notes", "name: Notes\n    native_api: true\n    native_link_uri: 'javascript:alert(1)'", "clients[0].native_link_uri: must be an https address"},
		{"token in a native link", "name: Notes", "name: Notes\n    native_api: true\n    native_link_uri: https://notes.example.com/in?token=x", "clients[0].native_link_uri: must not contain the parameter token"},
		{"control characters", "name: Notes", `name: "No\u202etes"`, "clients[0].name: must not contain control characters"},
		{"more control characters", "name: Notes", `name: "No\u009b2Jtes"`, "clients[0].name: must not contain control characters"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(minimal(""), c.from, c.to, 1)
			if text == minimal("") {
				t.Fatal("the case changes nothing")
			}
			_, err := config.Parse("idp.yaml", []byte(text), func(n string) string {
				if n == "SHORT" {
					return "tooshort"
				}
				return environment(n)
			})
			if err == nil {
				t.Fatal("accepted")
			}
			if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "idp.yaml:") {
				t.Fatalf("the error does not say %q with its place:\n%v", c.want, err)
			}
		})
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	_, err := config.Parse("idp.yaml", []byte("issuer: http://a.example.com\nlisten: nowhere\nmail: {from: x}\nclients:\n  - id: a\n  - id: a\n"), environment)
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"issuer", "listen", "secret", "database.url", "mail.from", "mail.smtp.host", "clients[0].name", "clients[1].id", "clients[1].redirect_uris"} {
		if !strings.Contains(err.Error(), want+": ") {
			t.Errorf("no word about %s in:\n%v", want, err)
		}
	}
}

// What somebody writes where a reference belongs may be the secret itself.
func TestFaultsDoNotShowSecrets(t *testing.T) {
	const raw = "hunter2hunter2hunter2hunter2hunter2"
	_, err := config.Parse("idp.yaml", []byte(strings.Replace(minimal("previous_secret: "+raw+"\n"), "env:IDP_DATABASE_URL", "postgres://idp:"+raw+"@db/idp", 1)), environment)
	if err == nil || strings.Contains(err.Error(), raw) {
		t.Fatalf("the fault shows the secret: %v", err)
	}
}

// Words that the explanation and the value share by chance keep nobody from reading it,
// and the value stays out of it.
func TestFirstMistakesWithSecretsAreExplained(t *testing.T) {
	t.Parallel()
	const where = "must say where the secret is, env:NAME or file:/path; secrets do not belong in this file"
	const hash = "must be a hash (sha256:…, made with: idp client secret) or say where the secret is, env:NAME or file:/path"
	for _, c := range []struct{ key, from, value, want string }{
		{"secret", "env:IDP_SECRET", "IDP_SECRET", where},
		{"secret", "env:IDP_SECRET", "/etc/idp/secret", where},
		{"database.url", "env:IDP_DATABASE_URL", "postgres://idp:s3cr3tpass@db.example.com/name", where},
		{"database.url", "env:IDP_DATABASE_URL", "/etc/idp/secrets/db", where},
		{"clients[0].secrets[0]", aHash, "$WIKI_SECRET", hash},
		{"clients[0].secrets[0]", aHash, "wiki-secret-123", hash},
		{"clients[0].secrets[0]", aHash, "sha256:printed-hash", "is not a hash as printed by: idp client secret"},
		{"mail.smtp.password", "smtp.example.com", "smtp.example.com, username: idp, password: env", where},
		{"registration.access_tokens[0]", "env:IDP_DATABASE_URL}", "env:IDP_DATABASE_URL}\nregistration: {access_tokens: [printed-token]}", "must be a hash (sha256:…), as printed by: idp client registration-token"},
	} {
		_, err := config.Parse("idp.yaml", []byte(strings.Replace(minimal(""), c.from, c.value, 1)), environment)
		if err == nil || !strings.HasSuffix(err.Error(), ": "+c.key+": "+c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %s: %v", c.key, c.value, err)
		}
	}
}

func TestClientSecretFromTheEnvironment(t *testing.T) {
	raw := strings.Repeat("x", 32)
	c, err := config.Parse("idp.yaml", []byte(strings.Replace(minimal(""), "sha256:notesnotesnotesnotesnotesnotesnotesnotesnot", "env:NOTES_SECRET", 1)),
		func(n string) string {
			if n == "NOTES_SECRET" {
				return raw
			}
			return environment(n)
		})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.Declared[0].SecretHashes[0], secret.TokenOf(raw).Hash(secret.KindClient); got != want {
		t.Fatalf("hash %s, want %s", got, want)
	}
}

func TestDurationText(t *testing.T) {
	for span, want := range map[time.Duration]string{
		10 * time.Minute: "10m", 90 * time.Second: "1m30s", 24 * time.Hour: "1d", 36 * time.Hour: "36h", 0: "0s", 720 * time.Hour: "30d", time.Second: "1s",
	} {
		if got := config.Duration(span).String(); got != want {
			t.Errorf("%v reads %q, want %q", span, got, want)
		}
	}
}
