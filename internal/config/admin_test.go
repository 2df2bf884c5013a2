package config_test

import (
	"strings"
	"testing"

	"idp/internal/config"
)

// What an administrator alone should see must not stand open to a network by
// mistake.
func TestAdminListener(t *testing.T) {
	pair := certificate(t)
	tls := func(ca string) string {
		return "tls: {cert_file: " + pair.cert + ", key_file: " + pair.key + ca + "}"
	}
	for text, want := range map[string]string{
		"":                                                "",
		"admin: {listen: 127.0.0.1:90}":                   "",
		"admin: {listen: '[::1]:9090'}":                   "",
		"admin: {listen: 127.0.0.1}":                      "admin.listen: must be an address and a port",
		"admin: {listen: ':9090'}":                        "admin.listen: is not loopback",
		"admin: {listen: 10.0.0.1:90}":                    "admin.listen: is not loopback",
		"admin: {listen: 127.0.0.1:8080}":                 "admin.listen: must not be the address of listen",
		"admin: {listen: ':9090', allow_plaintext: true}": "",
		"admin: {allow_plaintext: true}":                  "admin.listen: is missing",
		"admin: {hosts: [a.example.com]}":                 "admin.listen: is missing",
		"admin: {listen: ':9090', " + tls("") + "}":       "admin.tls.client_ca_file: is missing",
		"admin: {listen: ':9090', " + tls(", client_ca_file: "+pair.cert) + "}":                                               "",
		"admin: {listen: ':9090', tls: {cert_file: /nowhere, key_file: " + pair.key + ", client_ca_file: " + pair.cert + "}}": "admin.tls.cert_file: cannot be read: open /nowhere",
		"admin: {listen: ':9090', " + tls(", client_ca_file: "+pair.key) + "}":                                                "admin.tls.client_ca_file: cannot be used",
		"tracing: {headers: {a: 'env:IDP_SECRET'}}":                                                                           "tracing.endpoint: is missing",
		"tracing: {endpoint: 'http://127.0.0.1:4318'}":                                                                        "",
		"tracing: {endpoint: 'http://otel:4318'}":                                                                             "",
		"tracing: {endpoint: 'http://otel:4318', headers: {a: 'env:IDP_SECRET'}}":                                             "tracing.endpoint: must be https",
		"tracing: {endpoint: 'https://otel.example.com', headers: {a: 'env:NOT'}}":                                            "tracing.headers.a: the environment variable NOT",
		"tracing: {endpoint: 'https://otel.example.com', headers: {a: 'Bearer abc'}}":                                         "tracing.headers.a: must say where the secret is",
		"tracing: {endpoint: 'https://otel.example.com/v1/traces'}":                                                           "tracing.endpoint: must be without",
		"tracing: {endpoint: 'otel'}":                                                                                         "tracing.endpoint: must be an address",
		"tracing: {endpoint: 'https://otel.example.com', sample: 1.5}":                                                        "tracing.sample: must be between",
		"shutdown_delay: 2m": "shutdown_delay: must be at most",
		"shutdown_delay: 5s": "",
	} {
		_, err := config.Parse("idp.yaml", []byte(minimal(text)), environment)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
