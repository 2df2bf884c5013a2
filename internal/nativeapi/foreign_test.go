package nativeapi_test

import (
	"net/http"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/nativeapi"
)

// Threat: somebody who comes to hold a mail, where links are to sign in nowhere but
// where they were asked for. What no page gives, JSON must not give either.
func TestLinksElsewhereAsConfigured(t *testing.T) {
	codes := apptest.Client{ID: "codes"}
	for what, c := range map[string]struct {
		client apptest.Client
		opts   []apptest.Option
	}{
		"the application says so": {codes, []apptest.Option{apptest.Clients(`
  - {id: codes, name: Codes, type: native, grant_types: [refresh_token], native_api: true, foreign_links: code_only}
`)}},
		"the installation does": {apptest.Phone, []apptest.Option{apptest.Configure(func(c *config.Config) { c.Login.ForeignLinks = "code_only" })}},
	} {
		t.Run(what, func(t *testing.T) {
			p := one(t, c.opts...)
			mail := ask(t, p, c.client, ada)
			reply := p.JSON(nativeapi.PathLink, c.client, "token", mail.Token)
			refused(t, "without the challenge", reply, http.StatusBadRequest, "malformed request")
			if !strings.Contains(reply.Text("error_description"), "challenge is missing") {
				t.Errorf("it does not say what to send: %s", reply)
			}
			reply = p.JSON(nativeapi.PathCode, c.client, "code", mail.Code, "email", ada)
			refused(t, "the code without it", reply, http.StatusBadRequest, "malformed request")
			notProven(t, "with that of another", p.JSON(nativeapi.PathLink, c.client, "token", mail.Token, "challenge", ask(t, p, c.client, bob).challenge))
			if good := p.JSON(nativeapi.PathLink, c.client, "token", mail.Token, "challenge", mail.challenge); good.Status != http.StatusOK {
				t.Errorf("the asker: %s", good)
			}
		})
	}
}
