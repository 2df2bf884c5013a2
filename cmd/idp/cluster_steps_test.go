package main

import (
	"fmt"
	"net/http"
	"testing"

	"idp/internal/apptest"
	"idp/internal/prove"
)

// Two processes behind a balancer that gives every request to the one that did not
// get the last: no step of a sign-in finds what the step before it left in memory.
func TestEveryStepAtTheOtherProcess(t *testing.T) {
	t.Parallel()
	idp, served := newCluster(t)

	logins := prove.Count(20, 1000)
	for i := range logins {
		b, request := idp.Browser(), apptest.Offline(apptest.Web)
		email := fmt.Sprintf("person%d@example.com", i)
		sign := b.SignIn
		if i%2 == 1 {
			sign = b.SignInByLink
		}
		reply := idp.Redeem(request, sign(request, email).Code())
		if reply.Status != http.StatusOK {
			t.Fatalf("sign-in %d: redeem: %s", i, reply)
		}
		next := idp.Refresh(apptest.Web, reply.Refresh(), "")
		if next.Status != http.StatusOK {
			t.Fatalf("sign-in %d: refresh: %s", i, next)
		}
		if info := idp.Get("/userinfo", next.Access()); info.Text("email") != email {
			t.Fatalf("sign-in %d: userinfo: %s", i, info)
		}
		if i%2 == 0 { // or each kind of sign-in would begin at the same process
			idp.Get("/jwks.json", "")
		}
	}
	first, second := served[0].Load(), served[1].Load()
	if first-second > 1 || second-first > 1 {
		t.Fatalf("the processes served %d and %d requests: not in turn", first, second)
	}
	prove.Figure(t, fmt.Sprintf("%d whole logins, half by link and half by code, on two processes in turn (%d requests)", logins, first+second), "0 failed")
}
