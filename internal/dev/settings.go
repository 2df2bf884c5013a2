package dev

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"

	"idp/internal/config"
	"idp/internal/idp"
	"idp/internal/secret"
)

// Settings are the choices of a development run.
type Settings struct {
	Port   int    // of the provider; the others follow
	Dir    string // where database and secrets are kept
	Reset  bool   // start with an empty Dir
	Issuer string // "": http://localhost:Port
	// Clients are applications beside the demo.
	Clients []config.Client
	// OpenClients lets applications in that nobody declared: they describe themselves
	// at their client_id, or register without a token. Resources are what their
	// access tokens may be for.
	OpenClients bool
	Resources   []string
}

// The ports of a run without --port.
const (
	DefaultPort = 8080
	defaultSMTP = 1025
)

// ports are those of the provider, the demo application, the inbox and SMTP.
func (s Settings) ports() (provider, demo, inbox, smtp int) {
	smtp = defaultSMTP
	if s.Port != DefaultPort {
		smtp = s.Port + 3
	}
	return s.Port, s.Port + 1, s.Port + 2, smtp
}

func local(port int) string { return "http://localhost:" + strconv.Itoa(port) }

// loopbackIssuer returns the issuer's address, or an error for one that others
// could reach: development has no protection worth the name.
func (s Settings) loopbackIssuer() (*url.URL, error) {
	text := s.Issuer
	if text == "" {
		text = local(s.Port)
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("the issuer is not an address: %w", err)
	}
	addr, err := netip.ParseAddr(u.Hostname())
	if u.Hostname() != "localhost" && (err != nil || !addr.IsLoopback()) {
		return nil, fmt.Errorf("idp dev serves this machine only, and %s is not on it; for everything else use: idp serve --config idp.yaml", u.Host)
	}
	return u, nil
}

// reset takes the files of a run. Below them are the directories of other ports.
func reset(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if !e.IsDir() {
			err = errors.Join(err, os.Remove(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

// configuration is the development configuration, made from what is kept in
// Dir.
func (s Settings) configuration(issuer *url.URL) (*config.Config, error) {
	if s.Reset {
		if err := reset(s.Dir); err != nil {
			return nil, fmt.Errorf("reset: %w", err)
		}
	}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make %s: %w", s.Dir, err)
	}
	root, err := kept(filepath.Join(s.Dir, "secret"))
	if err != nil {
		return nil, err
	}
	client, err := kept(filepath.Join(s.Dir, "demo-client-secret"))
	if err != nil {
		return nil, err
	}
	_, demo, _, smtp := s.ports()
	c := config.Default()
	c.Issuer, c.IssuerURL = issuer.String(), issuer
	c.Listen = net.JoinHostPort("127.0.0.1", issuer.Port())
	c.Secret = config.Known(root)
	c.Database.URL = config.Known(secret.TokenOf("sqlite:" + filepath.Join(s.Dir, "idp.db")))
	c.Mail.From, c.Mail.FromName = "login@idp.localhost", "idp (development)"
	c.Mail.SMTP = config.SMTP{Host: "127.0.0.1", Port: smtp, Security: "none"}
	if s.OpenClients {
		s.open(&c)
	}
	c.Clients = append([]config.Client{demoClient(local(demo))}, s.Clients...)
	seen := map[string]bool{}
	for i := range c.Clients {
		if id := c.Clients[i].ID; seen[id] {
			return nil, fmt.Errorf("two applications have the id %q; the demo's own is %q", id, demoClientID)
		} else {
			seen[id] = true
		}
	}
	c.Declare()
	c.Declared[0].SecretHashes = []secret.Hash{client.Hash(secret.KindClient)}
	return &c, nil
}

// open lets strangers in, as far as one can go.
func (s Settings) open(c *config.Config) {
	c.ClientsByMetadata.Enabled, c.ClientsByMetadata.Allow, c.ClientsByMetadata.Resources = true, []string{"*"}, s.Resources
	c.Registration.Enabled, c.Registration.Open, c.Registration.Resources = true, true, s.Resources
}

const demoClientID = "demo"

func demoClient(base string) config.Client {
	return config.Client{
		ID: demoClientID, Name: "Notes demo", RedirectURIs: []string{base + "/callback"}, PostLogoutRedirectURIs: []string{base + "/signed-out"},
		HomeURI: base, InitiateLoginURI: base + "/initiate-login", IDTokenAlg: string(idp.ES256),
	}
}

// kept reads a secret from path, or makes one and keeps it there.
func kept(path string) (secret.Token, error) {
	raw, err := os.ReadFile(path)
	if err == nil && len(raw) > 0 {
		return secret.TokenOf(string(raw)), nil
	}
	t := secret.NewToken()
	if err := os.WriteFile(path, []byte(t.Reveal()), 0o600); err != nil {
		return secret.Token{}, fmt.Errorf("keep a secret: %w", err)
	}
	return t, nil
}
