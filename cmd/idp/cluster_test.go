package main

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"

	"idp/internal/apptest"
	"idp/internal/testdb"
)

// roundRobin is the smallest load balancer: each request goes to the next
// process.
func roundRobin(t *testing.T, l net.Listener, backends ...string) *[2]atomic.Int64 {
	t.Helper()
	var n atomic.Int64
	served := &[2]atomic.Int64{}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		i := int(n.Add(1)) % len(backends)
		served[i].Add(1)
		r.SetURL(&url.URL{Scheme: "http", Host: backends[i]})
		r.Out.Host = r.In.Host
		r.SetXForwarded()
	}}
	server := &http.Server{Handler: proxy}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { server.Close() })
	return served
}

// newCluster starts two processes on one database and one mail server, behind a
// balancer that counts what each of them served.
func newCluster(t *testing.T) (idp *apptest.Provider, served *[2]atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, testdb.URL(t, "postgres"), "http://"+l.Addr().String())
	s.mailUp()
	one, two := fmt.Sprintf("127.0.0.1:%d", freePort(t)), fmt.Sprintf("127.0.0.1:%d", freePort(t))
	s.start(one)
	s.start(two)
	return apptest.Outside(t, s.issuer, s.mails), roundRobin(t, l, one, two)
}

// The topology of production: a database, a mail server and two processes behind
// a balancer that knows nothing about sessions. Every step of a sign-in may be
// served by either.
func TestTwoProcessesBehindABalancer(t *testing.T) {
	t.Parallel()
	idp, served := newCluster(t)

	for i := range 6 {
		b, request := idp.Browser(), apptest.Offline(apptest.Web)
		email := fmt.Sprintf("person%d@example.com", i)
		sign := b.SignIn
		if i%2 == 1 {
			sign = b.SignInByLink
		}
		reply := idp.Redeem(request, sign(request, email).Code())
		if reply.Status != http.StatusOK {
			t.Fatalf("redeem: %s", reply)
		}
		for range 4 {
			if reply = idp.Refresh(apptest.Web, reply.Refresh(), ""); reply.Status != http.StatusOK {
				t.Fatalf("refresh: %s", reply)
			}
		}
		if info := idp.Get("/userinfo", reply.Access()); info.Text("email") != email {
			t.Fatalf("userinfo: %s", info)
		}
	}
	for i := range served {
		if served[i].Load() < 20 {
			t.Errorf("process %d served only %d requests", i, served[i].Load())
		}
	}
}
