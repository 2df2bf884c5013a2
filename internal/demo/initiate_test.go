package demo_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Threat: /initiate-login is open to every site by design, so it must not send
// people to another provider, nor end at another site (OpenID Connect Core §4).
func TestInitiateLogin(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	app := newApp(t, p)
	host := strings.TrimPrefix(app, "http://")
	tests := []struct {
		name, iss, hint, target string
		status                  int
		want                    url.Values // of the redirect to /login
	}{
		{name: "our issuer", iss: p.url, status: 303, want: url.Values{}},
		{name: "a hint", iss: p.url, hint: address, status: 303, want: url.Values{"login_hint": {address}}},
		{name: "our page", iss: p.url, target: app + "/?from=mail", status: 303, want: url.Values{"return_to": {app + "/?from=mail"}}},
		{name: "our page with slashes", iss: p.url, target: app + "//evil.test/", status: 303, want: url.Values{"return_to": {app + "/evil.test/"}}},
		{name: "no issuer", status: 400},
		{name: "another issuer", iss: "https://evil.test", status: 400},
		{name: "our issuer with a slash", iss: p.url + "/", status: 400},
		{name: "a foreign target", iss: p.url, target: "https://evil.test/", status: 400},
		{name: "a foreign target without scheme", iss: p.url, target: "//evil.test/", status: 400},
		{name: "a foreign target with our name as user", iss: p.url, target: "http://" + host + "@evil.test/", status: 400},
		{name: "a foreign target with our name as prefix", iss: p.url, target: app + ".evil.test/", status: 400},
		{name: "a script as target", iss: p.url, target: "javascript:alert(1)", status: 400},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			form := url.Values{}
			for name, value := range map[string]string{"iss": test.iss, "login_hint": test.hint, "target_link_uri": test.target} {
				if value != "" {
					form.Set(name, value)
				}
			}
			got := newBrowser(t).step(app + "/initiate-login?" + form.Encode())
			if got.status != test.status {
				t.Fatalf("status = %d, want %d", got.status, test.status)
			}
			if test.want == nil {
				return
			}
			to, err := url.Parse(got.header.Get("Location"))
			if err != nil || to.Host != host || to.Path != "/login" || to.Query().Encode() != test.want.Encode() {
				t.Errorf("Location = %s, want /login with %v", to, test.want)
			}
		})
	}
}

func TestInitiateLoginReturnsToItsTarget(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	app := newApp(t, p)
	query := url.Values{"iss": {p.url}, "login_hint": {address}, "target_link_uri": {app + "/?from=mail"}}
	home := newBrowser(t).open(app + "/initiate-login?" + query.Encode())
	wantPage(t, home, http.StatusOK, "Signed in as")
	if home.url.String() != app+"/?from=mail" {
		t.Errorf("ended at %s", home.url)
	}
	if got := p.asked[0].Get("login_hint"); got != address {
		t.Errorf("login_hint = %q", got)
	}
}

// The provider may post the form from its own origin.
func TestInitiateLoginByForm(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	app := newApp(t, p)
	b := newBrowser(t)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, app+"/initiate-login",
		strings.NewReader(url.Values{"iss": {p.url}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	response, err := b.still().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if got := response.Header.Get("Location"); got != app+"/login" {
		t.Errorf("status %d, Location = %q", response.StatusCode, got)
	}
}

// Threat: return_to is in anyone's hands, in the query and in the cookie.
func TestLoginReturnsToOwnPagesOnly(t *testing.T) {
	t.Parallel()
	app := newApp(t, newProvider(t))
	home := newBrowser(t).open(app + "/login?return_to=" + url.QueryEscape("https://evil.test/"))
	if home.url.String() != app+"/" {
		t.Errorf("ended at %s", home.url)
	}
}
