package config_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"idp/internal/config"
)

type pair struct{ cert, key string }

// certificate makes files with a certificate and its key.
func certificate(t *testing.T) pair {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"login.example.com"}}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	p := pair{filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")}
	for file, block := range map[string]*pem.Block{p.cert: {Type: "CERTIFICATE", Bytes: cert}, p.key: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func TestNetworkSettings(t *testing.T) {
	one, other := certificate(t), certificate(t)
	for _, c := range []struct{ name, more, want string }{
		{"certificate", "tls: {cert_file: " + one.cert + ", key_file: " + one.key + "}", ""},
		{"no key", "tls: {cert_file: " + one.cert + "}", "tls.key_file: is missing"},
		{"no certificate", "tls: {key_file: " + one.key + "}", "tls.cert_file: is missing"},
		{"another's key", "tls: {cert_file: " + one.cert + ", key_file: " + other.key + "}", "tls.cert_file: cannot be used with key_file"},
		{"no such file", "tls: {cert_file: /nowhere, key_file: " + one.key + "}", "tls.cert_file: cannot be read: open /nowhere"},
		{"no such key", "tls: {cert_file: " + one.cert + ", key_file: /nowhere}", "tls.key_file: cannot be read: open /nowhere"},
		{"authorities", "http: {trusted_cas: [" + one.cert + "]}", ""},
		{"no authorities", "http: {trusted_cas: [" + one.cert + ", " + one.key + "]}", "http.trusted_cas[1]: cannot be used"},
		{"strangers' authorities", "clients_by_metadata: {trusted_cas: [" + one.cert + ", " + one.key + "]}", "clients_by_metadata.trusted_cas[1]: cannot be used"},
		{"strangers' networks", "clients_by_metadata: {allow_private_targets: [127.0.0.1, intranet]}", "clients_by_metadata.allow_private_targets[1]: must be an address or a network"},
		{"networks", "http: {allow_private_targets: [127.0.0.1, 10.0.0.0/8, 'fd00::/8']}", ""},
		{"no network", "http: {allow_private_targets: [intranet]}", "http.allow_private_targets[0]: must be an address or a network"},
	} {
		_, err := config.Parse("x.yaml", []byte(minimal(c.more)), environment)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	c, err := config.Parse("x.yaml", []byte(minimal("http: {allow_private_targets: [127.0.0.1, 10.1.2.3/8]}")), environment)
	if err != nil || len(c.PrivateTargets) != 2 || c.PrivateTargets[1] != netip.MustParsePrefix("10.0.0.0/8") || len(c.Proxies) != 0 {
		t.Errorf("%v, %v", c, err)
	}
}

func TestLogoutAddresses(t *testing.T) {
	for _, c := range []struct{ name, head, more, want string }{
		{"back-channel", "", "backchannel_logout_uri: https://elsewhere.example.com/out?x=1, backchannel_logout_session_required: true", ""},
		{"front-channel", "", "frontchannel_logout_uri: https://notes.example.com/out?x=1, frontchannel_logout_session_required: true", ""},
		{"plain http", "", "backchannel_logout_uri: http://notes.example.com/out", "backchannel_logout_uri: must be https"},
		{"fragment", "", "backchannel_logout_uri: 'https://notes.example.com/out#x'", "backchannel_logout_uri: must not contain a fragment"},
		{"scheme of its own", "", "backchannel_logout_uri: com.example.app:/out", "backchannel_logout_uri: must be an https address"},
		{"no address", "", "frontchannel_logout_uri: /out", "frontchannel_logout_uri: must be an absolute address"},
		{"another site's frame", "", "frontchannel_logout_uri: https://elsewhere.example.com/out", "frontchannel_logout_uri: must have the scheme, host and port"},
		{"another port's frame", "", "frontchannel_logout_uri: https://notes.example.com:8443/out", "frontchannel_logout_uri: must have the scheme"},
		{"loopback, closed", "", "backchannel_logout_uri: http://localhost:9/out", "backchannel_logout_uri: leads to an address that is not on the public internet"},
		{"loopback, open", "http: {allow_private_targets: [127.0.0.1]}", "backchannel_logout_uri: http://localhost:9/out", ""},
		{"network, closed", "http: {allow_private_targets: [127.0.0.1]}", "backchannel_logout_uri: https://10.0.0.1/out", "not on the public internet"},
		{"metadata service", "", "backchannel_logout_uri: https://169.254.169.254/out", "not on the public internet"},
		{"session without address", "", "backchannel_logout_session_required: true", "backchannel_logout_session_required: needs a backchannel_logout_uri"},
		{"session without frame", "", "frontchannel_logout_session_required: true", "frontchannel_logout_session_required: needs a frontchannel_logout_uri"},
		{"no sign-in", "", "grant_types: [refresh_token], backchannel_logout_uri: https://notes.example.com/out", "backchannel_logout_uri: must not be set"},
		{"no ID token", "", "scopes: [email], frontchannel_logout_uri: https://notes.example.com/out", "frontchannel_logout_uri: must not be set"},
	} {
		text := minimal(c.head) + "    " + strings.ReplaceAll(c.more, ", ", "\n    ") + "\n"
		_, err := config.Parse("x.yaml", []byte(text), environment)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}
