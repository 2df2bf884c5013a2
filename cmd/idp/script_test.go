package main

import (
	"context"
	"log/slog"
	"net"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"idp/internal/app"
	"idp/internal/config"
	"idp/internal/storage"
)

// TestMain lets the scripts run this test binary as idp.
func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){"idp": main})
}

// TestScripts runs the command line as a stranger would: see testdata/script.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("IDP_SECRET", "0123456789012345678901234567890123456789012=")
			e.Setenv("IDP_DATABASE_URL", "sqlite:"+e.WorkDir+"/idp.db")
			e.Setenv("TEST_DATABASE_URL", os.Getenv("TEST_DATABASE_URL"))
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"declare":    declare,
			"occupy":     occupy,
			"mailserver": mailServer,
			"seed":       seed,
		},
	})
}

// declare brings the clients of a configuration into the database, as a start does.
func declare(ts *testscript.TestScript, _ bool, args []string) {
	cfg, err := config.Load(ts.MkAbs(args[0]), ts.Getenv)
	ts.Check(err)
	ts.Check(withStore(cfg, func(s *storage.Store) error {
		return app.SyncClients(context.Background(), s, cfg.Declared, time.Now(), slog.New(slog.DiscardHandler))
	}))
}

// occupy takes a port for the rest of the script and sets $PORT to it.
func occupy(ts *testscript.TestScript, _ bool, _ []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { l.Close() })
	ts.Setenv("PORT", strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
}
