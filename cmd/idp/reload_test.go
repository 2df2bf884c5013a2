package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/testdb"
)

// A running process follows its file, and SIGHUP, which would otherwise end it.
func TestProcessReloads(t *testing.T) {
	t.Parallel()
	listen := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	s := newSite(t, testdb.URL(t, "sqlite"), "http://"+listen)
	s.mailUp()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	file := s.configFile(listen)
	p := s.startFile(path, file, listen)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	idp := apptest.Outside(t, s.issuer, s.mails)
	works := func(id string) bool {
		c := apptest.Client{ID: id, Redirect: "https://" + id + ".example.com/callback"}
		return idp.Browser().Open(apptest.NewRequest(c).Path()).Status == http.StatusOK
	}
	for i, change := range []string{"by itself", "hangup"} {
		id := fmt.Sprintf("new%d", i)
		text = fmt.Appendf(text, "  - {id: %s, name: New, type: public, redirect_uris: [https://%s.example.com/callback]}\n", id, id)
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		limit := 20 * time.Second
		if change == "hangup" {
			limit = 900 * time.Millisecond // before the process looks by itself twice
			if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
				t.Fatal(err)
			}
		}
		deadline := time.Now().Add(limit)
		for !works(id) {
			if time.Now().After(deadline) {
				t.Fatalf("%s: the new client is not known", change)
			}
			<-time.After(5 * time.Millisecond) // pace the next try
		}
	}
	p.stop()
	if log := p.log.String(); strings.Count(log, "configuration reloaded") != 2 || !strings.Contains(log, "add=[new0]") {
		t.Errorf("the log does not show two reloads:\n%s", log)
	}
	p.quiet()
}
