package dev

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"idp/internal/app"
	"idp/internal/demo"
	"idp/internal/inbox"
)

// Run serves everything until ctx ends. When all of it answers, it writes the
// addresses to out.
func Run(ctx context.Context, s Settings, out io.Writer, log *slog.Logger) error {
	issuer, err := s.loopbackIssuer()
	if err != nil {
		return err
	}
	provider, demoPort, inboxPort, smtpPort := s.ports()
	listeners, err := listen(provider, demoPort, inboxPort, smtpPort)
	if err != nil {
		return err
	}
	cfg, err := s.configuration(issuer)
	if err != nil {
		closeAll(listeners)
		return err
	}
	idp, err := app.New(ctx, cfg, app.Options{Log: log, InboxURL: local(inboxPort)})
	if err != nil {
		closeAll(listeners)
		return err
	}
	client, err := kept(filepath.Join(s.Dir, "demo-client-secret"))
	if err != nil {
		closeAll(listeners)
		return err
	}
	store := inbox.NewStore(inbox.Limits{})
	smtpServer := inbox.NewSMTPServer(store, log)
	inboxServer := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: inbox.NewHandler(store, inbox.Options{
		Title: "Development inbox", AppName: "Notes demo", AppURL: local(demoPort), Logger: log,
	})}
	demoServer := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: demo.New(demo.Config{
		Issuer: cfg.Issuer, ClientID: demoClientID, ClientSecret: client.Reveal(), BaseURL: local(demoPort), InboxURL: local(inboxPort),
	})}

	var wg sync.WaitGroup
	failed := make(chan error, 4)
	run := func(serve func() error) {
		wg.Go(func() {
			if err := serve(); err != nil && !errors.Is(err, http.ErrServerClosed) && ctx.Err() == nil {
				failed <- err
			}
		})
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	run(func() error { return idp.Serve(ctx, listeners[0]) })
	run(func() error { return demoServer.Serve(listeners[1]) })
	run(func() error { return inboxServer.Serve(listeners[2]) })
	run(func() error { return smtpServer.Serve(listeners[3]) })

	welcome(out, s, demoPort, inboxPort)
	select {
	case <-ctx.Done():
	case err = <-failed:
		cancel()
	}
	_ = demoServer.Close()
	_ = inboxServer.Close()
	_ = smtpServer.Close()
	wg.Wait()
	return err
}

// listen takes all ports, or names the one that is taken and the way out.
func listen(ports ...int) ([]net.Listener, error) {
	var out []net.Listener
	for _, port := range ports {
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			closeAll(out)
			if errors.Is(err, syscall.EADDRINUSE) {
				return nil, fmt.Errorf("port %d is in use; stop what uses it, or take other ports with: idp dev --port %d", port, ports[0]+1000)
			}
			return nil, fmt.Errorf("listen on port %d: %w", port, err)
		}
		out = append(out, l)
	}
	return out, nil
}

func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		_ = l.Close() // nothing was served on it
	}
}

func welcome(out io.Writer, s Settings, demoPort, inboxPort int) {
	issuer := s.Issuer
	if issuer == "" {
		issuer = local(s.Port)
	}
	fmt.Fprintf(out, `idp is ready.

  Application  %s   open this and press "Sign in"
  Inbox        %s   the mail arrives here
  Provider     %s   your account, and what applications talk to

Data is kept in %s (start over with --reset). Stop with Ctrl-C.
`, local(demoPort), local(inboxPort), issuer, s.Dir)
}

// DefaultDir is where a run keeps its data: below the working directory, where
// one finds and deletes it. Each port has its own: two that share the demo application
// would each change its redirect URI.
func DefaultDir(port int) string {
	dir, err := os.Getwd()
	if err != nil {
		dir = "."
	}
	dir = filepath.Join(dir, ".idp-dev")
	if port != DefaultPort {
		dir = filepath.Join(dir, strconv.Itoa(port))
	}
	return dir
}
