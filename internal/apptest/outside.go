package apptest

import (
	"net/http"
	"testing"

	"idp/internal/inbox"
)

// Outside returns a provider that somebody else started, as processes of their
// own for example: its issuer, and the store where its mails arrive. App, Clock
// and Logs are out of reach.
func Outside(t testing.TB, issuer string, mails *inbox.Store) *Provider {
	t.Helper()
	p := &Provider{URL: issuer, Inbox: mails, t: t, wire: &http.Transport{DisableKeepAlives: true, DisableCompression: true}}
	return p
}
