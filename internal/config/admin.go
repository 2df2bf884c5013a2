package config

import (
	"crypto/x509"
	"errors"
	"net"
	"os"
)

// Admin is the listener for whoever runs this server: metrics, probes that say
// what is wrong, and, if they are asked for, an API and a console. There is none
// without an address.
type Admin struct {
	Listen string   `yaml:"listen"`
	TLS    AdminTLS `yaml:"tls"`
	// AllowPlaintext accepts an address that is not loopback without TLS.
	AllowPlaintext bool `yaml:"allow_plaintext"`
	// Hosts are names under which it answers beside its addresses and localhost.
	Hosts []string `yaml:"hosts"`
	// URL is where browsers reach it; with it, there is a console.
	URL string `yaml:"url"`
	// Group is the one whose people administer, in the console and by applications.
	Group string `yaml:"group"`
	// Clients are the applications whose tokens with the scope admin its API takes.
	Clients []string `yaml:"clients"`
}

// AdminTLS is the certificate of the administrator's listener, and who signs
// those of its callers.
type AdminTLS struct {
	CertFile     string `yaml:"cert_file"`
	KeyFile      string `yaml:"key_file"`
	ClientCAFile string `yaml:"client_ca_file"`
}

// On reports whether there is such a listener.
func (a *Admin) On() bool { return a.Listen != "" }

// ClientCAs are the authorities that sign the certificates of callers.
func (t *AdminTLS) ClientCAs() (*x509.CertPool, error) {
	pem, err := os.ReadFile(t.ClientCAFile)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("the file holds no certificate")
	}
	return pool, nil
}

func (v *validator) checkAdmin() {
	a := &v.config.Admin
	if !a.On() {
		if a.TLS != (AdminTLS{}) || a.AllowPlaintext || len(a.Hosts) > 0 || a.URL != "" || a.Group != "" || len(a.Clients) > 0 {
			v.fail("admin.listen", "is missing: an address such as 127.0.0.1:9090")
		}
		return
	}
	host, _, err := net.SplitHostPort(a.Listen)
	switch {
	case err != nil:
		v.fail("admin.listen", "must be an address and a port, such as 127.0.0.1:9090")
	case a.Listen == v.config.Listen:
		v.fail("admin.listen", "must not be the address of listen")
	case a.TLS == AdminTLS{} && !a.AllowPlaintext && !isLoopback(host):
		v.fail("admin.listen", "is not loopback: it needs admin.tls, or allow_plaintext in a network that nobody else is in")
	}
	v.checkAdminTLS(&a.TLS)
	v.checkAdminDoor(a)
}

func (v *validator) checkAdminTLS(t *AdminTLS) {
	if *t == (AdminTLS{}) {
		return
	}
	for _, f := range []struct{ path, value string }{
		{"cert_file", t.CertFile}, {"key_file", t.KeyFile}, {"client_ca_file", t.ClientCAFile},
	} {
		if f.value == "" {
			v.fail("admin.tls."+f.path, "is missing: cert_file, key_file and client_ca_file belong together")
			return
		}
	}
	v.keyPair("admin.tls.", t.CertFile, t.KeyFile)
	if _, err := t.ClientCAs(); err != nil {
		v.fail("admin.tls.client_ca_file", "cannot be used: %v", err)
	}
}
