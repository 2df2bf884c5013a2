package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/explain"
	"idp/internal/testdb"
)

// command runs idp in this process, with the site's environment and more.
func (s *site) command(more map[string]string, args ...string) (out, errs string, code int) {
	s.t.Helper()
	env := map[string]string{"IDP_SECRET": apptest.RootSecret, "IDP_DATABASE_URL": s.database, "WEB_SECRET": apptest.Web.Secret}
	for name, value := range more {
		env[name] = value
	}
	var o, e bytes.Buffer
	code = run(s.t.Context(), args, envOf(&o, &e, env))
	if all := o.String() + e.String(); strings.Contains(all, apptest.RootSecret) || strings.Contains(all, apptest.Web.Secret) {
		s.t.Errorf("a secret is shown: %s", all)
	}
	return o.String(), e.String(), code
}

// A refused request of a running server is explained within seconds, to the line.
func TestExplainAndClientTest(t *testing.T) {
	testdb.EachURL(t, func(t *testing.T, database string) {
		listen := fmt.Sprintf("127.0.0.1:%d", freePort(t))
		s := newSite(t, database, "http://"+listen)
		s.mailUp()
		s.start(listen)
		file := s.configFile(listen)

		if out, errs, code := s.command(nil, "explain", "--config", file); code != 0 || out != "no refused requests in the last seven days\n" {
			t.Errorf("%d: %s%s", code, out, errs)
		}
		resp, err := http.Get(s.issuer + "/authorize?client_id=web&response_type=code&scope=openid&redirect_uri=" + url.QueryEscape("https://web.example.com/callback/"))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		e := s.explained(file)
		if e.Kind != "redirect_uri" || e.Setting != "clients[0].redirect_uris" || !strings.HasPrefix(e.Where, file+":") || !strings.Contains(e.Change, "the slash at the end") {
			t.Errorf("%+v", e)
		}
		for _, args := range [][]string{{"--client", "web"}, {"--request", e.Request}} {
			out, errs, code := s.command(nil, append([]string{"explain", "--config", file}, args...)...)
			if code != 0 || !strings.Contains(out, "web  redirect_uri  request "+e.Request) || !strings.Contains(out, "seen:       https://web.example.com/callback/\n") {
				t.Errorf("%v: %d: %s%s", args, code, out, errs)
			}
		}

		out, errs, code := s.command(map[string]string{"IDP_CLIENT_SECRET": apptest.Web.Secret}, "client", "test", "web", "--config", file)
		if code != 0 || !strings.Contains(out, "proven with a made-up code") {
			t.Errorf("%d: %s%s", code, out, errs)
		}
		out, errs, code = s.command(map[string]string{"IDP_CLIENT_SECRET": "another secret, of a good length"}, "client", "test", "web", "--config", file, "--json")
		if code != 1 || !strings.Contains(out, `"setting": "clients[0].secrets"`) || !strings.Contains(errs, "see the last step") {
			t.Errorf("%d: %s%s", code, out, errs)
		}
	})
}

// explained waits for the first failure and returns it.
func (s *site) explained(file string) (e explain.Explanation) {
	s.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		out, errs, code := s.command(nil, "explain", "--json", "--config", file)
		if code != 0 {
			s.t.Fatalf("%d: %s", code, errs)
		}
		if out != "" {
			if err := json.Unmarshal([]byte(out), &e); err != nil {
				s.t.Fatalf("%v\n%s", err, out)
			}
			return e
		}
		answers("http://127.0.0.1:1") // paces the next try
	}
	s.t.Fatal("nothing is explained")
	return e
}
