package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"

	"github.com/jackc/pgx/v5/pgxpool"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
}

// floor is the whole program.
type floor struct {
	issuer string
	secret [32]byte // SHA-256 of the one client secret
	pool   *pgxpool.Pool
	keys   keys
	seal   sealer
	mail   *mailer
}

func run() error {
	listen := flag.String("listen", "127.0.0.1:3300", "`address` to listen on")
	issuer := flag.String("issuer", "http://localhost:3300", "the issuer")
	smtp := flag.String("smtp", "127.0.0.1:25", "`address` of the mail server")
	flag.Parse()
	f, err := newFloor(context.Background(), *issuer, *smtp, os.Getenv("FLOOR_DATABASE_URL"), os.Getenv("FLOOR_CLIENT_SECRET"))
	if err != nil {
		return err
	}
	go f.mail.run()
	return http.ListenAndServe(*listen, f.routes())
}

func newFloor(ctx context.Context, issuer, smtp, database, secret string) (*floor, error) {
	cfg, err := pgxpool.ParseConfig(database)
	if err != nil {
		return nil, err
	}
	cfg.MaxConns = connections
	f := &floor{issuer: issuer, secret: digest(secret), mail: newMailer(smtp)}
	if f.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return nil, err
	}
	if _, err := f.pool.Exec(ctx, schema); err != nil {
		return nil, err
	}
	if f.keys, err = newKeys(ctx, f.pool); err != nil {
		return nil, err
	}
	f.seal, err = newSealer()
	return f, err
}

func (f *floor) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", document(f.metadata()))
	mux.HandleFunc("GET /jwks.json", document(f.keys.public()))
	mux.HandleFunc("GET /authorize", f.authorize)
	mux.HandleFunc("POST /oauth/token", f.token)
	mux.HandleFunc("POST /oauth/par", f.push)
	mux.HandleFunc("GET /userinfo", f.userinfo)
	mux.HandleFunc("POST /oauth/introspect", f.introspect)
	mux.HandleFunc("GET /login", page)
	mux.HandleFunc("POST /login", f.login)
	mux.HandleFunc("GET /sent", page)
	mux.HandleFunc("GET /l/{token}", page)
	mux.HandleFunc("POST /l/{token}", f.link)
	return mux
}
