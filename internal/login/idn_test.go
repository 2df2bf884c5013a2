package login_test

import (
	"net/http"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/config"
)

// A domain in another script is mailed to and shown as the DNS knows it; switched
// off, it is no address.
func TestDomainsInOtherScripts(t *testing.T) {
	p := one(t, apptest.Configure(func(c *config.Config) { c.Login.IDNDomains = true }))
	b := p.Browser()
	after := p.Inbox.Last()
	wait := b.Submit(b.Authorize(apptest.NewRequest(apptest.Web)).Form("/login").Set("email", "Ada@b\u00fccher.example"))
	shows(t, "the waiting page", wait, http.StatusOK, "Check your mail", "ada@xn--bcher-kva.example")
	if strings.Contains(wait.Body, "b\u00fccher") {
		t.Error("the page shows the domain in its script")
	}
	finished(t, "the code", b.EnterCode(wait, p.NextMail(after, "ada@xn--bcher-kva.example").Code))
	for _, typed := range []string{"ada@B\u00dcCHER.example", "ada@\uff45xample.com", "ada@bu\u0308cher.example"} {
		other := p.Browser()
		shows(t, typed, other.Submit(other.Open("/login").Form("/login").Set("email", typed)), http.StatusUnprocessableEntity)
	}
}

func TestDomainsInOtherScriptsAreOff(t *testing.T) {
	p := one(t)
	b := p.Browser()
	shows(t, "off", b.Submit(b.Open("/login").Form("/login").Set("email", "ada@b\u00fccher.example")), http.StatusUnprocessableEntity)
}
