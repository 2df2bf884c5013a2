package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"

	"golang.org/x/sync/errgroup"

	"idp/internal/app"
	"idp/internal/demo"
	"idp/internal/inbox"
)

func main() {
	server := flag.String("postgres", "", "`address` of a PostgreSQL server to make an empty database on; without it, SQLite")
	key := flag.String("key", "", "public `JWK` of the applications that prove themselves by one")
	test := flag.String("captcha", "", "`provider` of the captcha that mails cost here, turnstile or hcaptcha; without it, none")
	flag.Parse()
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // however it ends, we end
		stop()
	}()
	if err := run(ctx, *server, *key, *test, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "e2e server:", err)
		os.Exit(1)
	}
}

// run serves the whole world until ctx ends, and says on out where it is.
func run(ctx context.Context, server, key, test string, out io.Writer) (err error) {
	database, drop, err := emptyDatabase(server)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	at, err := openSites()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "idp-e2e-files-")
	if err != nil {
		return fmt.Errorf("make a directory for files: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	ca, others, err := strangers(&at, key, dir)
	if err != nil {
		return err
	}
	published := &documents{at: at, keys: `{"keys":[` + key + `]}`}
	now := &clock{}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	mails := inbox.NewStore(inbox.Limits{})
	post := &postOffice{mails: mails, log: log}
	if err := post.open(); err != nil {
		return err
	}
	defer post.close()
	cfg := configuration(at, database, ca, post.port(), others)
	if test != "" {
		besieged(cfg, test, at.Siteverify.url)
	}
	provider, err := app.New(ctx, cfg, app.Options{Log: log, Now: now.Now, InboxURL: at.Inbox.url})
	if err != nil {
		return err
	}

	group, ctx := errgroup.WithContext(ctx)
	serve := func(s site, h http.Handler) { group.Go(func() error { return s.serve(ctx, h) }) }
	group.Go(func() error { return provider.ServeBoth(ctx, at.Issuer, at.Admin) })
	for _, a := range applications(at)[:2] {
		serve(a.site, demo.New(demo.Config{
			Issuer: at.Issuer.url, ClientID: a.ID, ClientSecret: a.password, BaseURL: a.url, Title: a.Name, InboxURL: at.Inbox.url, Now: now.Now,
		}))
	}
	serve(at.Partner, partner{})
	serve(at.Inbox, inbox.NewHandler(mails, inbox.Options{AppURL: at.Notes.url, Logger: log}))
	serve(at.Control, control(now, post, published))
	serve(at.Documents, published)
	serve(at.Siteverify, &siteverify{used: map[string]bool{}})
	if err := json.NewEncoder(out).Encode(ready{at, partnerSecret, registrationToken}); err != nil {
		return fmt.Errorf("say where everything is: %w", err)
	}
	return group.Wait()
}

// ready is the line that says that all of it answers.
type ready struct {
	sites
	PartnerSecret     string `json:"partnerSecret"`
	RegistrationToken string `json:"registrationToken"`
}
