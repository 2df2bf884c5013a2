package clientdocs_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"idp/internal/clientdocs"
	"idp/internal/idp"
	"idp/internal/testdns"
)

// insides are addresses that no stranger may make this server speak to.
var insides = []string{
	"127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "169.254.169.254", "100.64.0.1", "100.127.255.255",
	"192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd00::1", "fec0::1",
	"ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2001:db8::1", "2002:7f00:1::", "100::1",
}

// Whatever a client_id leads to, by address or by name, nothing arrives inside.
func TestNothingInsideIsReached(t *testing.T) {
	t.Parallel()
	s := newSentinel(t, func(http.ResponseWriter, *http.Request) {})
	d := s.documents(false, &atomic.Int64{})
	port := s.URL[strings.LastIndex(s.URL, ":"):]
	var ids []string
	for i, addr := range insides {
		name := fmt.Sprintf("inside%d.example", i)
		testdns.Leads(name, addr)
		literal := addr
		if strings.Contains(addr, ":") {
			literal = "[" + addr + "]"
		}
		for _, host := range []string{literal, name} {
			ids = append(ids, "https://"+host+port+"/c", "https://"+host+"/c")
		}
	}
	testdns.Leads("rebind.example", "127.0.0.2", "127.0.0.1")
	for _, host := range []string{"localhost", "sub.localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.1.", "rebind.example", "nowhere.example"} {
		ids = append(ids, "https://"+host+port+"/c")
	}
	for range 2 { // what is remembered leads nowhere either
		for _, id := range ids {
			c, err := d.Client(t.Context(), id)
			if c != nil || !errors.Is(err, idp.ErrNotFound) && !errors.Is(err, idp.ErrUnreachable) {
				t.Errorf("%s: %v, %v", id, c, err)
			}
			var refused *clientdocs.Refusal
			if errors.As(err, &refused) && strings.Contains(refused.Public(), "127.") && !strings.Contains(id, "127.") {
				t.Errorf("%s: the stranger is told where the name leads: %s", id, refused.Public())
			}
		}
	}
	if n := s.connections.Load(); n != 0 {
		t.Errorf("%d connections to this machine for %d addresses", n, len(ids))
	}
	if len(ids) < 120 {
		t.Errorf("the corpus has only %d cases", len(ids))
	}
}

// A document that is answered by going elsewhere, too much, too slowly or not as
// JSON describes nobody.
func TestAnswersThatDescribeNobody(t *testing.T) {
	t.Parallel()
	inside := newSentinel(t, func(http.ResponseWriter, *http.Request) {})
	done := make(chan struct{})
	t.Cleanup(func() { close(done) })
	as := func(contentType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Content-Type"] = []string{contentType}
			_, _ = w.Write([]byte(strings.ReplaceAll(body, "ID", "https://"+r.Host+"/c")))
		}
	}
	drip := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("{"))
		_ = http.NewResponseController(w).Flush()
		select {
		case <-r.Context().Done():
		case <-done:
		}
		panic(http.ErrAbortHandler) // a return would end the body well
	}
	const good = `{"client_id":"ID","client_name":"App","redirect_uris":["https://app.example.com/cb"]}`
	pad := func(n int) string { return strings.Replace(good, "{", `{"x":"`+strings.Repeat("x", n)+`",`, 1) }
	cases := map[string]struct {
		h    http.HandlerFunc
		want error
	}{
		"good":              {as("application/json", good), nil},
		"good, registered":  {as("application/client-metadata+json; charset=utf-8", good), nil},
		"large, not larger": {as("application/json", pad(clientdocs.MaxBody-200)), nil},
		"larger":            {as("application/json", pad(clientdocs.MaxBody)), idp.ErrNotFound},
		"huge":              {as("application/json", pad(20<<20)), idp.ErrNotFound},
		"slow":              {drip, idp.ErrUnreachable},
		"text":              {as("text/plain", good), idp.ErrNotFound},
		"page":              {as("text/html", good), idp.ErrNotFound},
		"no type":           {as("", good), idp.ErrNotFound},
		"strange type":      {as("application/json, text/html", good), idp.ErrNotFound},
		"404":               {http.NotFound, idp.ErrNotFound},
		"500":               {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, idp.ErrUnreachable},
		"204":               {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, idp.ErrNotFound},
		"206":               {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(206) }, idp.ErrNotFound},
		"no object":         {as("application/json", `["ID"]`), idp.ErrNotFound},
		"another client_id": {as("application/json", strings.Replace(good, "ID", "ID/", 1)), idp.ErrNotFound},
		"no client_id":      {as("application/json", strings.Replace(good, `"client_id":"ID",`, "", 1)), idp.ErrNotFound},
		"client_id, twice":  {as("application/json", strings.Replace(good, "{", `{"client_id":"https://evil.example/",`, 1)), idp.ErrNotFound},
		"CLIENT_ID":         {as("application/json", strings.Replace(good, "client_id", "CLIENT_ID", 1)), idp.ErrNotFound},
		"no name":           {as("application/json", strings.Replace(good, `"client_name":"App",`, "", 1)), idp.ErrNotFound},
		"no redirect":       {as("application/json", `{"client_id":"ID","client_name":"App"}`), idp.ErrNotFound},
		"bad redirect":      {as("application/json", strings.Replace(good, "https://app.example.com/cb", "http://app.example.com/cb", 1)), idp.ErrNotFound},
		"look-alike":        {as("application/json", strings.Replace(good, "https://app.example.com/cb", "https://\u0430pp.example.com/cb", 1)), idp.ErrNotFound},
		"secret":            {as("application/json", strings.Replace(good, "{", `{"client_secret":"x",`, 1)), idp.ErrNotFound},
		"secret's expiry":   {as("application/json", strings.Replace(good, "{", `{"client_secret_expires_at":0,`, 1)), idp.ErrNotFound},
		"secret's method":   {as("application/json", strings.Replace(good, "{", `{"token_endpoint_auth_method":"client_secret_basic",`, 1)), idp.ErrNotFound},
		"key's method":      {as("application/json", strings.Replace(good, "{", `{"token_endpoint_auth_method":"private_key_jwt",`, 1)), idp.ErrNotFound},
	}
	keyed := func(uri string) http.HandlerFunc {
		return as("application/json", strings.Replace(good, "{", `{"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"`+uri+`",`, 1))
	}
	for uri, want := range map[string]error{
		"https://keys.example/jwks": nil, "https://keys.example:8443/jwks": idp.ErrNotFound, "http://keys.example/jwks": idp.ErrNotFound, "https://127.0.0.1:22/": idp.ErrNotFound,
	} {
		cases["keys at "+uri] = struct {
			h    http.HandlerFunc
			want error
		}{keyed(uri), want}
	}
	for _, status := range []int{301, 302, 303, 307, 308} {
		cases[fmt.Sprint(status)] = struct {
			h    http.HandlerFunc
			want error
		}{func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, inside.URL+"/c", status) }, idp.ErrNotFound}
	}
	for what, c := range cases {
		s := newSentinel(t, c.h)
		if what == "slow" {
			s.patience = time.Second
		}
		client, err := s.documents(true, &atomic.Int64{}).Client(t.Context(), s.URL+"/c")
		if (client == nil) != (err != nil) || !errors.Is(err, c.want) {
			t.Errorf("%s: %v, %v; want %v", what, client, err, c.want)
		}
		if client != nil && (client.Public() != (client.JWKSURI == "") || !client.Stranger || client.Consent != idp.ConsentAlways || client.ID != s.URL+"/c") {
			t.Errorf("%s: %+v", what, client)
		}
	}
	if n := inside.requests.Load(); n != 0 {
		t.Errorf("%d redirects were followed", n)
	}
}

func TestOnlyAllowedHostsAreAsked(t *testing.T) {
	t.Parallel()
	d := clientdocs.New(clientdocs.Config{Allow: []string{"app.example.com", "*.agents.example.com", "dev.example.com:8443"}})
	for host, want := range map[string]bool{
		"app.example.com": true, "x.agents.example.com": true, "a.b.agents.example.com": true, "dev.example.com:8443": true,
		"example.com": false, "xapp.example.com": false, "app.example.com.evil.example": false, "agents.example.com": false, "evilagents.example.com": false,
		"app.example.com:8443": false, "dev.example.com": false, "dev.example.com:9443": false, "127.0.0.1": false,
	} {
		if got := d.Allows("https://" + host + "/c"); got != want {
			t.Errorf("%s: %v", host, got)
		}
	}
}
