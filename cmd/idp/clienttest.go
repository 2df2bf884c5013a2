package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"idp/internal/config"
	"idp/internal/outbound"
	"idp/internal/secret"
	"idp/internal/walk"
)

// clientSecretName is the variable of the environment that holds the secret of the
// client that idp client test walks as.
const clientSecretName = "IDP_CLIENT_SECRET"

var clientTestCommand = command{
	name:    "client test",
	words:   "CLIENT",
	summary: "walk through a sign-in as one client, against the running server",
	help: `Goes where the application with this client_id goes, as far as it goes without a
person: discovery, keys, the sign-in page from each redirect URI, PKCE, client
authentication, pages of other origins, sign-out, and the addresses that this server
calls. Stops at the first thing that does not fit, names the line to change, and
exits with 1.

Client authentication needs the application's secret: --secret-file, or
IDP_CLIENT_SECRET in the environment. It is shown nowhere.

Example: idp client test notes --config idp.yaml --secret-file /run/secrets/notes
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		asJSON := jsonFlag(flags)
		file := flags.String("secret-file", "", "read the client's secret from this `file`")
		cfg, id, err := configuredClient(e, flags, args)
		if err != nil {
			return err
		}
		o, err := walkOptions(cfg)
		if err != nil {
			return err
		}
		if o.Secret, err = clientSecret(e, *file); err != nil {
			return err
		}
		report, err := walk.Run(ctx, cfg, id, o)
		if err != nil {
			return err
		}
		if *asJSON {
			err = printJSON(e, report)
		} else {
			err = report.Text(e.out)
		}
		if err == nil && !report.OK() {
			return errors.New("the sign-in does not fit: see the last step")
		}
		return err
	},
}

// walkOptions trusts whom the server trusts and may go where it may.
func walkOptions(cfg *config.Config) (walk.Options, error) {
	roots, err := outbound.Roots(cfg.HTTP.TrustedCAs)
	if err != nil {
		return walk.Options{}, fmt.Errorf("http.trusted_cas: %w", err)
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	return walk.Options{
		HTTP:     walk.NewHTTP(transport),
		Outbound: outbound.New(outbound.Options{Networks: cfg.PrivateTargets, RootCAs: roots, Timeout: 10 * time.Second, MaxBody: 1 << 20}),
	}, nil
}

// clientSecret reads the secret from a file, or else from the environment; zero if
// it is in neither.
func clientSecret(e env, file string) (secret.Token, error) {
	text := e.getenv(clientSecretName)
	if file != "" {
		raw, err := os.ReadFile(file)
		if err != nil {
			return secret.Token{}, fmt.Errorf("read the client's secret: %w", err)
		}
		text = string(raw)
	}
	if text = strings.TrimRight(text, "\r\n"); text == "" {
		return secret.Token{}, nil
	}
	return secret.TokenOf(text), nil
}
