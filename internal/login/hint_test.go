package login_test

import (
	"net/url"
	"strings"
	"testing"

	"idp/internal/apptest"
)

// On another device than the one that asked, the way back to the application names
// the address only if the application would hear it anyway.
func TestWhoHearsTheAddressByTheWayOn(t *testing.T) {
	hears := map[string]string{"trusted": "", "asks": "consent: once", "blind": "scopes: [openid, profile]", "paired": "subject_type: pairwise"}
	var yaml strings.Builder
	for id, more := range hears {
		yaml.WriteString("  - id: " + id + "\n    name: App\n    secrets: [env:" + strings.ToUpper(id) + "_SECRET]\n    redirect_uris: [https://" + id + ".example.com/callback]\n" +
			"    initiate_login_uri: https://" + id + ".example.com/login\n")
		if more != "" {
			yaml.WriteString("    " + more + "\n")
		}
	}
	p := one(t, apptest.Clients(yaml.String()))
	for id, more := range hears {
		b, phone := p.Browser(), p.Browser()
		_, mail := b.Ask(b.Authorize(apptest.NewRequest(apptest.Confidential(id))), ada)
		done := phone.Submit(phone.Open(mail.Link).Form(path(t, mail.Link)))
		on, err := url.Parse(done.Attr("continue", "href"))
		if err != nil || on.Host != id+".example.com" || on.Query().Get("iss") != p.URL {
			t.Fatalf("%s: the way on is %v", id, on)
		}
		want := ""
		if more == "" {
			want = ada
		}
		if got := on.Query().Get("login_hint"); got != want {
			t.Errorf("%s: login_hint %q, want %q", id, got, want)
		}
	}
}
