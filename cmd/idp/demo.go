package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"time"

	"idp/internal/config"
	"idp/internal/demo"
)

var demoCommand = command{
	name:    "demo",
	summary: "run the demo application alone",
	help: `The application of idp dev as a program of its own, to try a provider that runs
elsewhere. The provider must know the client: redirect URI URL/callback,
post-logout redirect URI URL/signed-out.

Example: idp demo --issuer https://login.example.com --client-id demo --client-secret env:DEMO_SECRET
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		cfg := demo.Config{}
		var ref config.SecretRef
		listen := flags.String("listen", "127.0.0.1:8081", "`address` to listen on")
		flags.StringVar(&cfg.Issuer, "issuer", "http://localhost:8080", "the provider")
		flags.StringVar(&cfg.BaseURL, "url", "http://localhost:8081", "the application's own address")
		flags.StringVar(&cfg.ClientID, "client-id", "demo", "its client_id")
		flags.StringVar(&cfg.InboxURL, "inbox", "", "where the mails can be read, to link there")
		flags.Func("client-secret", "where its secret is: env:NAME or file:/path; none for a public client", ref.UnmarshalYAMLText)
		if err := parse(flags, args); err != nil {
			return err
		}
		if err := ref.Resolve(e.getenv); err != nil {
			return fmt.Errorf("client secret: %w", err)
		}
		cfg.ClientSecret = ref.Token().Reveal()
		l, err := net.Listen("tcp", *listen)
		if err != nil {
			return fmt.Errorf("listen on %s: %w", *listen, err)
		}
		fmt.Fprintf(e.out, "the demo application is at %s\n", cfg.BaseURL)
		return serveUntil(ctx, l, demo.New(cfg))
	},
}

// serveUntil serves h on l until ctx ends.
func serveUntil(ctx context.Context, l net.Listener, h http.Handler) error {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = s.Close() }) // Serve returns what there is to say
	defer stop()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

var healthcheckCommand = command{
	name:    "healthcheck",
	summary: "ask a running server whether it is ready",
	help: `For containers that have no other program to ask with. Exits with 1 if not.
Where the server speaks TLS itself, ask https under a loopback address.

Example: idp healthcheck --url http://127.0.0.1:8080/readyz
`,
	run: func(ctx context.Context, _ env, flags *flag.FlagSet, args []string) error {
		url := flags.String("url", "http://127.0.0.1:8080/readyz", "`address` to ask")
		if err := parse(flags, args); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, *url, nil)
		if err != nil {
			return wrongly("--url: %w", err)
		}
		resp, err := probe(req.URL).Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("not ready: %s", resp.Status)
		}
		return nil
	},
}
