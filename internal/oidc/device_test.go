package oidc_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/idp"
)

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

// wait lets a device begin to wait.
func wait(t *testing.T, p *apptest.Provider, c apptest.Client, scope string) apptest.Reply {
	t.Helper()
	reply := p.Post("/oauth/device_authorization", c, url.Values{"scope": {scope}})
	if reply.Status != http.StatusOK || reply.Text("device_code") == "" {
		t.Fatalf("device authorization: %s", reply)
	}
	uncached(t, "device authorization", reply.Header)
	return reply
}

// poll asks for the device's tokens, after its pause.
func poll(p *apptest.Provider, c apptest.Client, device apptest.Reply) apptest.Reply {
	p.Clock.Advance(5 * time.Second)
	return p.Post("/oauth/token", c, url.Values{"grant_type": {deviceGrant}, "device_code": {device.Text("device_code")}})
}

// typed types a device's code and returns where that leads.
func typed(b *apptest.Browser, device apptest.Reply) *apptest.Page {
	return b.Submit(b.Open("/device").Form("/device").Set("user_code", strings.ToLower(device.Text("user_code"))))
}

// signedInAt is typed by somebody who has to sign in first.
func signedInAt(t *testing.T, b *apptest.Browser, device apptest.Reply, email string) *apptest.Page {
	t.Helper()
	page, mail := b.Ask(typed(b, device), email)
	return b.EnterCode(page, mail.Code)
}

// RFC 8628 from the device's first request to its tokens.
func TestDeviceGrant(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		device := wait(t, p, apptest.TV, "openid email offline_access")
		code := device.Text("user_code")
		if !regexp.MustCompile(`^[B-Z]{4}-[B-Z]{4}$`).MatchString(code) || device.JSON["expires_in"] != float64(600) || device.JSON["interval"] != float64(5) {
			t.Errorf("%s", device)
		}
		if device.Text("verification_uri") != p.URL+"/device" || device.Text("verification_uri_complete") != p.URL+"/device?user_code="+code {
			t.Errorf("%s", device)
		}
		refused(t, "before", poll(p, apptest.TV, device), 400, "authorization_pending")
		b := p.Browser()
		page := signedInAt(t, b, device, ada)
		for _, word := range []string{"Television", code, ada, "127.0.0.1", "See your e-mail address", "Stay connected", "Go on only if you started this yourself"} {
			if !strings.Contains(page.Text(), word) {
				t.Errorf("the page does not say %q: %s", word, page.Text())
			}
		}
		refused(t, "while the page is open", poll(p, apptest.TV, device), 400, "authorization_pending")
		done := b.Submit(page.Form("/device/connect"), "connect")
		if done.Status != http.StatusOK || done.Heading() != "Connected" {
			t.Fatalf("%s", done)
		}
		tokens := poll(p, apptest.TV, device)
		granted(t, "tokens", tokens)
		alive(t, "tokens", p, apptest.TV, tokens.Access())
		claims := apptest.Claims(t, tokens.ID())
		if claims["email"] != ada || !same(claims["aud"], []any{"tv"}) || tokens.Refresh() == "" {
			t.Errorf("%v %s", claims, tokens)
		}
		granted(t, "refresh", p.Refresh(apptest.TV, tokens.Refresh(), ""))
		// A second redemption shows that somebody else holds the code.
		refused(t, "a second time", poll(p, apptest.TV, device), 400, "invalid_grant")
		dead(t, "after a second redemption", p, apptest.TV, tokens.Access())
		if again := b.Submit(page.Form("/device/connect"), "deny"); again.Heading() != "Connected" {
			t.Errorf("a late no: %s", again)
		}
	})
}

func TestDeviceIsDenied(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		device := wait(t, p, apptest.TV, "openid")
		b := p.Browser()
		page := signedInAt(t, b, device, ada)
		if done := b.Submit(page.Form("/device/connect"), "deny"); done.Heading() != "Not connected" {
			t.Fatalf("%s", done)
		}
		refused(t, "denied", poll(p, apptest.TV, device), 400, "access_denied")
		if again := b.Submit(page.Form("/device/connect"), "connect"); again.Heading() != "Not connected" {
			t.Errorf("a late yes: %s", again)
		}
		refused(t, "still denied", poll(p, apptest.TV, device), 400, "access_denied")
	})
}

// A code in the address fills in the form. Whoever is signed in already is asked
// all the same: the link may have come from the one whose device waits.
func TestPrefilledCodeIsNeverApproved(t *testing.T) {
	p := one(t)
	b := p.Browser()
	b.SignInHere(ada)
	device := wait(t, p, apptest.TV, "openid")
	form := b.Open(strings.TrimPrefix(device.Text("verification_uri_complete"), p.URL))
	if form.Attr("user-code", "value") != device.Text("user_code") {
		t.Fatalf("the field shows %q", form.Attr("user-code", "value"))
	}
	page := b.Submit(form.Form("/device"))
	if !page.HasForm("/device/connect") {
		t.Fatalf("%s", page)
	}
	b.Open(page.URL.RequestURI() + "&answer=connect")
	refused(t, "nobody pressed", poll(p, apptest.TV, device), 400, "authorization_pending")
	// What another browser or another site sends is nothing.
	if other := p.Browser().Open(page.URL.RequestURI()); other.Status != http.StatusBadRequest {
		t.Errorf("another browser: %s", other)
	}
	f := page.Form("/device/connect")
	f.Values.Set("answer", "connect")
	if forged := b.PostFrom("https://evil.example.com", f.Action, f.Values); forged.Status != http.StatusForbidden {
		t.Errorf("another site: %s", forged)
	}
	stranger := p.Browser()
	stranger.Open("/device")
	if r := stranger.Post(f.Action, f.Values); r.Status != http.StatusBadRequest {
		t.Errorf("another browser's post: %s", r)
	}
	refused(t, "after all of it", poll(p, apptest.TV, device), 400, "authorization_pending")
}

func TestDevicePolling(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		device := wait(t, p, apptest.TV, "openid")
		refused(t, "first", poll(p, apptest.TV, device), 400, "authorization_pending")
		p.Clock.Advance(-5 * time.Second)
		refused(t, "at once", poll(p, apptest.TV, device), 400, "slow_down")
		refused(t, "after five seconds, when it is ten", poll(p, apptest.TV, device), 400, "slow_down")
		p.Clock.Advance(10 * time.Second)
		refused(t, "after fifteen", poll(p, apptest.TV, device), 400, "authorization_pending")
		refused(t, "another client", poll(p, apptest.Console, device), 400, "invalid_grant")
		refused(t, "a client without the grant", poll(p, apptest.Web, device), 400, "unauthorized_client")
		b := p.Browser()
		page := signedInAt(t, b, device, ada)
		p.Clock.Advance(10 * time.Minute)
		refused(t, "too late", poll(p, apptest.TV, device), 400, "expired_token")
		if late := b.Submit(page.Form("/device/connect"), "connect"); late.Heading() != "That took too long" {
			t.Errorf("a late yes: %s", late)
		}
		refused(t, "still too late", poll(p, apptest.TV, device), 400, "expired_token")
		if page := typed(b, device); page.Status != http.StatusUnprocessableEntity {
			t.Errorf("the code afterwards: %s", page)
		}
	})
}

func TestDeviceRefusals(t *testing.T) {
	p := one(t)
	start := func(c apptest.Client, form url.Values) apptest.Reply {
		return p.Post("/oauth/device_authorization", c, form)
	}
	refused(t, "not registered", start(apptest.Web, url.Values{"scope": {"openid"}}), 400, "unauthorized_client")
	refused(t, "no scope", start(apptest.TV, url.Values{}), 400, "invalid_scope")
	refused(t, "unknown resource", start(apptest.TV, url.Values{"scope": {"openid"}, "resource": {"https://evil.example.com"}}), 400, "invalid_target")
	refused(t, "wrong secret", start(apptest.Client{ID: "console", Secret: "wrong"}, url.Values{"scope": {"openid"}}), 401, "invalid_client")
	refused(t, "no code", p.Post("/oauth/token", apptest.TV, url.Values{"grant_type": {deviceGrant}}), 400, "invalid_request")
	b := p.Browser()
	for _, code := range []string{"", "BCDF", "AAAA-AAAA", "BCDF-GHJK", "'; --"} {
		page := b.Submit(b.Open("/device").Form("/device").Set("user_code", code))
		if page.Status != http.StatusUnprocessableEntity || page.Attr("user-code", "aria-invalid") != "true" {
			t.Errorf("%q: %s", code, page)
		}
	}
	if doc := p.Get(pathOpenID, "").JSON; doc["device_authorization_endpoint"] != p.URL+"/oauth/device_authorization" || !contains(doc["grant_types_supported"], deviceGrant) {
		t.Errorf("%v", doc)
	}
	for _, id := range []string{"tv", "console"} {
		change(t, p, id, func(c *idp.Client) { c.GrantTypes = []string{"refresh_token"} })
	}
	if doc := p.Get(pathOpenID, "").JSON; doc["device_authorization_endpoint"] != nil || contains(doc["grant_types_supported"], deviceGrant) {
		t.Errorf("nobody has the grant: %v", doc)
	}
}

// The client's own rules hold for devices too, and resources.
func TestDevicePolicies(t *testing.T) {
	p := one(t)
	b := p.Browser()
	device := wait(t, p, apptest.Console, "openid email")
	page := signedInAt(t, b, device, ada)
	if page.Status != http.StatusForbidden || !page.HasForm("/login/denied") {
		t.Fatalf("ada, who may not: %s", page)
	}
	b.Post("/device/connect", url.Values{"flow": page.Form("/login/denied").Values["flow"], "answer": {"connect"}})
	refused(t, "past the page", poll(p, apptest.Console, device), 400, "authorization_pending")
	if done := b.Submit(page.Form("/login/denied"), "back"); done.Heading() != "Not connected" {
		t.Errorf("back: %s", done)
	}
	refused(t, "ada", poll(p, apptest.Console, device), 400, "access_denied")

	b, device = p.Browser(), wait(t, p, apptest.Console, "openid email")
	b.Submit(signedInAt(t, b, device, bob).Form("/device/connect"), "connect")
	change(t, p, "console", func(c *idp.Client) { c.Allow = &idp.Members{Emails: []string{ada}} })
	refused(t, "bob, who may no more", poll(p, apptest.Console, device), 400, "invalid_grant")

	tv := p.Post("/oauth/device_authorization", apptest.TV, url.Values{"scope": {"openid"}, "resource": {apptest.API}})
	b = p.Browser()
	b.Submit(signedInAt(t, b, tv, ada).Form("/device/connect"), "connect")
	if got := aud(t, poll(p, apptest.TV, tv)); !same(got, []any{apptest.API}) {
		t.Errorf("aud %v", got)
	}
}

// Whoever ends the session before the device has its tokens ends the device too.
func TestDeviceOfAnEndedSession(t *testing.T) {
	p := one(t)
	b, device := p.Browser(), wait(t, p, apptest.TV, "openid")
	b.Submit(signedInAt(t, b, device, ada).Form("/device/connect"), "connect")
	b.Post("/logout", url.Values{})
	refused(t, "after the sign-out", poll(p, apptest.TV, device), 400, "invalid_grant")
}

// Codes that a person types can be guessed: both the browser and its network have
// a budget. So has a network whose devices begin to wait.
func TestDeviceLimits(t *testing.T) {
	p := one(t, apptest.Configure(func(c *config.Config) {
		l := config.Default().Limits
		c.Limits.DeviceCodesPerBrowser, c.Limits.DeviceCodesPerIP, c.Limits.DevicesPerIP = l.DeviceCodesPerBrowser, l.DeviceCodesPerIP, l.DevicesPerIP
	}))
	device := wait(t, p, apptest.TV, "openid")
	guess := func(b *apptest.Browser) int {
		return b.Submit(b.Open("/device").Form("/device").Set("user_code", "BCDF-GHJK")).Status
	}
	first := p.Browser()
	for i := range 10 {
		if got := guess(first); got != http.StatusUnprocessableEntity {
			t.Fatalf("guess %d: %d", i, got)
		}
	}
	if got := typed(first, device).Status; got != http.StatusTooManyRequests {
		t.Errorf("the browser's eleventh try, with the right code: %d", got)
	}
	if page := typed(p.Browser(), device); !page.HasForm("/login") {
		t.Errorf("another browser: %s", page)
	}
	limited := 0
	for range 20 {
		if guess(p.Browser()) == http.StatusTooManyRequests {
			limited++
		}
	}
	if limited == 0 {
		t.Error("the network has no budget")
	}
	p.Clock.Advance(10 * time.Minute)
	for range 60 {
		wait(t, p, apptest.TV, "openid")
	}
	if r := p.Post("/oauth/device_authorization", apptest.TV, url.Values{"scope": {"openid"}}); r.Status != http.StatusTooManyRequests || r.Header.Get("Retry-After") == "" {
		t.Errorf("the sixty-first device: %s", r)
	}
}

// Nothing of the codes is in the database as it is.
func TestDeviceCodesAreNotStored(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		device := wait(t, p, apptest.TV, "openid")
		dump := p.Dump()
		if !strings.Contains(dump, "dev_") {
			t.Fatal("there is no device")
		}
		for _, name := range []string{"device_code", "user_code"} {
			if strings.Contains(dump, device.Text(name)) || strings.Contains(dump, strings.ReplaceAll(device.Text(name), "-", "")) {
				t.Errorf("the %s is in the database", name)
			}
		}
		if strings.Contains(p.Logs.String(), device.Text("user_code")) {
			t.Error("the user code is in the log")
		}
	})
}
