package main

import (
	"fmt"
	"testing"

	"idp/bench/caller"
	"idp/bench/load"
	"idp/bench/smtpsink"
	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/testdb"
)

// TestCrowd is the short form of the crowd: however many use their refresh tokens
// at once, nobody is refused, and the newest token of everybody works in the end.
func TestCrowd(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, database string) {
		mails, err := smtpsink.Listen()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { mails.Close() })
		client := fmt.Sprintf("  - {id: bench-es, name: Bench, type: public, redirect_uris: [%q], id_token_alg: ES256}\n", caller.RedirectURI)
		provider := apptest.New(t, database, apptest.Clients(client), apptest.Configure(func(c *config.Config) { c.Mail.SMTP.Port, c.Login.Notices = mails.Port(), false }))
		p, err := caller.Meet(provider.URL)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range crowds {
			chains, err := gather(p, caller.Client{ID: "bench-es", Algorithm: "ES256"}, mails, c.bound, c.owner)
			if err != nil {
				t.Fatal(err)
			}
			const times = 4
			o := load.Wear(chains, func(used int) bool { return used < times })
			if len(o.Errors) > 0 || o.Lost > 0 || o.Operations != crowdSize*times {
				t.Errorf("%s: %d operations, %d chains lost, %d errors: %v", c.name, o.Operations, o.Lost, len(o.Errors), o.Errors[:min(1, len(o.Errors))])
			}
		}
	})
}
