package idp_test

import (
	"testing"

	"idp/internal/idp"
)

func TestRedirectsMatchByteByByte(t *testing.T) {
	web := &idp.Client{RedirectURIs: []string{"https://app.example.com/cb", "https://app.example.com/cb?tenant=1"}}
	native := &idp.Client{Native: true, RedirectURIs: []string{"http://127.0.0.1/cb", "http://[::1]:5000/cb", "com.example.app:/cb"}}
	for _, c := range []struct {
		client *idp.Client
		uri    string
		want   bool
	}{
		{web, "https://app.example.com/cb", true},
		{web, "https://app.example.com/cb?tenant=1", true},
		{web, "", false},
		{web, "https://app.example.com/cb/", false},
		{web, "https://app.example.com/CB", false},
		{web, "https://APP.example.com/cb", false},
		{web, "https://app.example.com:443/cb", false},
		{web, "https://app.example.com/cb?tenant=2", false},
		{web, "https://app.example.com/cb#x", false},
		{web, "https://app.example.com/%63b", false},
		{web, "https://app.example.com/x/../cb", false},
		{web, "https://me@app.example.com/cb", false},
		{web, "https://app.example.com.evil.test/cb", false},
		{web, "http://app.example.com/cb", false},
		{native, "http://127.0.0.1/cb", true},
		{native, "http://127.0.0.1:49152/cb", true},
		{native, "http://[::1]:49152/cb", true},
		{native, "com.example.app:/cb", true},
		{native, "http://127.0.0.1:49152/other", false},
		{native, "http://127.0.0.1:/cb", false},
		{native, "http://127.0.0.1:123456/cb", false},
		{native, "http://127.0.0.1:80@evil.test/cb", false},
		{native, "http://127.0.0.1@evil.test/cb", false},
		{native, "http://127.0.0.1.evil.test/cb", false},
		{native, "http://127.0.0.1:80/cb#x", false},
		{native, "https://127.0.0.1:80/cb", false},
		{native, "http://127.0.0.2/cb", false},
		{native, "http://localhost:80/cb", false},
		{web, "http://127.0.0.1:49152/cb", false},
	} {
		if got := c.client.AllowsRedirect(c.uri); got != c.want {
			t.Errorf("%q: %v, want %v", c.uri, got, c.want)
		}
	}
	if got := web.NearestRedirect("https://app.example.com/cb/"); got != "https://app.example.com/cb" {
		t.Errorf("nearest is %q", got)
	}
}

func TestPlanClients(t *testing.T) {
	stored := []idp.Client{{ID: "gone"}, {ID: "same", Name: "S", Scopes: []string{}}, {ID: "new-name", Name: "old"}}
	declared := []idp.Client{{ID: "same", Name: "S"}, {ID: "new-name", Name: "new"}, {ID: "added"}}
	p := idp.PlanClients(declared, stored)
	if len(p.Add) != 1 || p.Add[0].ID != "added" || len(p.Change) != 1 || p.Change[0].ID != "new-name" || len(p.Disable) != 1 || p.Disable[0] != "gone" {
		t.Fatalf("%+v", p)
	}
	if !idp.PlanClients(declared, declared).Empty() {
		t.Fatal("a second plan is not empty")
	}
}
