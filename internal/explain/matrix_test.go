package explain_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/audit"
	"idp/internal/idp"
)

// mistake is one thing that is set up wrongly, and what is to be said of it.
type mistake struct {
	name string
	make func(t *testing.T, p *place)
	kind idp.FailureKind
	// client, the setting's last part, and parts of what was seen, of what is
	// configured and of what to change.
	client, setting, seen, configured, change string
}

var (
	web     = apptest.NewRequest(apptest.Web)
	offline = apptest.Offline(apptest.Web)
)

// atAuthorize are mistakes that show in the browser.
func atAuthorize() []mistake {
	asks := func(r apptest.Request) func(*testing.T, *place) {
		return func(t *testing.T, p *place) { open(t, p, r) }
	}
	return []mistake{
		{"slash at the end", asks(web.With("redirect_uri", "https://web.example.com/callback/")), idp.FailRedirect,
			"web", ".redirect_uris", "https://web.example.com/callback/", "https://web.example.com/callback", "the slash at the end"},
		{"http instead of https", asks(web.With("redirect_uri", "http://web.example.com/callback")), idp.FailRedirect,
			"web", ".redirect_uris", "http://web.example.com/callback", "https://web.example.com/callback", "does not know that it is behind a proxy"},
		{"another path", asks(web.With("redirect_uri", "https://web.example.com/oauth/callback")), idp.FailRedirect,
			"web", ".redirect_uris", "/oauth/callback", "https://web.example.com/callback", "differ in the path"},
		{"no redirect URI", asks(web.Without("redirect_uri")), idp.FailNoRedirect, "web", ".redirect_uris", "", "https://web.example.com/callback", "Set it in the application"},
		{"unknown client", asks(web.With("client_id", "webb")), idp.FailUnknownClient, "webb", "clients", "webb", "web", "declare the client"},
		{"client in capitals", asks(web.With("client_id", "Web")), idp.FailUnknownClient, "Web", "clients", "Web", "web", "capital letters"},
		{"no client", asks(web.Without("client_id")), idp.FailNoClient, "", "", "", "", "Set the client id"},
		{"no PKCE", asks(web.WithoutPKCE()), idp.FailPKCEMissing, "web", ".pkce", "", "required", "pkce: optional"},
		{"no PKCE, public", asks(apptest.NewRequest(apptest.Spa).WithoutPKCE()), idp.FailPKCEMissing, "spa", ".pkce", "", "required", "must use it"},
		{"plain PKCE", asks(web.With("code_challenge_method", "plain")), idp.FailPKCEMethod, "web", ".pkce", "plain", "S256", "S256"},
		{"padded challenge", asks(web.With("code_challenge", web.Params.Get("code_challenge")+"=")), idp.FailPKCEChallenge, "web", ".pkce", "44 characters", "", "pkce: optional"},
		{"scope that is not allowed", asks(apptest.NewRequest(apptest.Brief).With("scope", "groups profile")), idp.FailScope, "brief", ".scopes", "groups profile", "openid email", "Add the scope"},
		{"implicit flow", asks(web.With("response_type", "id_token token")), idp.FailResponseType, "web", "", "id_token token", "code", "authorization code flow"},
		{"fragment", asks(web.With("response_mode", "fragment")), idp.FailResponseMode, "web", ".response_modes", "fragment", "query", "response_modes"},
		{"not pushed", asks(apptest.NewRequest(apptest.Confidential("pushing"))), idp.FailNotPushed, "pushing", ".require_par", "", "", "PAR"},
		{"resource", asks(apptest.NewRequest(apptest.Confidential("agent")).With("scope", "openid notes.read", "resource", "https://other.example.com")), idp.FailTarget,
			"agent", ".resources", "https://other.example.com", "https://api.example.com", "Add it to resources"},
		{"nobody signed in", asks(web.With("prompt", "none")), idp.FailNotSignedIn, "web", "", "nobody is signed in", "", "prompt=none"},
		{"sign-out to nowhere", func(t *testing.T, p *place) {
			p.For(t).Browser().Get("/end_session?client_id=web&post_logout_redirect_uri=" + url.QueryEscape("https://web.example.com/signed-out/"))
		}, idp.FailPostLogout, "web", ".post_logout_redirect_uris", "/signed-out/", "https://web.example.com/signed-out", "the slash at the end"},
		{"not for this person", func(t *testing.T, p *place) {
			b := p.For(t).Browser()
			b.SignIn(web, "eve@example.com")
			b.Authorize(apptest.NewRequest(apptest.Confidential("club")))
		}, idp.FailPolicy, "club", ".allow", "e***@example.com", "", "Add the address"},
		{"no sign-ups", func(t *testing.T, p *place) {
			b := p.For(t).Browser()
			page := b.Follow(b.Authorize(apptest.NewRequest(apptest.Confidential("members"))))
			form := page.Forms()[0]
			form.Values.Set("email", "stranger@example.com")
			b.Submit(form)
		}, idp.FailSignup, "members", ".signup", "s***@example.com", "mode closed", "idp invite"},
	}
}

// atToken are mistakes that show between the servers.
func atToken() []mistake {
	return []mistake{
		{"wrong secret", func(t *testing.T, p *place) { p.basic(t, "web", "not the secret", someForm()) },
			idp.FailSecret, "web", ".secrets", "", "1 hash", "If it has +, % or another"},
		{"a secret with a plus that is not encoded", func(t *testing.T, p *place) { p.raw(t, "marked", marked) },
			idp.FailSecret, "marked", ".secrets", idp.SeenRaw, "1 hash", "must URL-encode it"},
		{"a secret with a percent sign that is not encoded", func(t *testing.T, p *place) { p.raw(t, "marked", "a % sign") },
			idp.FailAuthForm, "marked", ".auth_method", idp.SeenPercent, "client_secret_basic", "must URL-encode it"},
		{"unknown client with a secret", func(t *testing.T, p *place) { p.basic(t, "nobody", "some secret", someForm()) },
			idp.FailUnknownClient, "nobody", "clients", "nobody", "", "declare the client"},
		{"post instead of basic", func(t *testing.T, p *place) {
			form := someForm()
			form.Set("client_id", "basic")
			form.Set("client_secret", apptest.Basic.Secret)
			p.post(t, form)
		}, idp.FailAuthMethod, "basic", ".auth_method", "client_secret_post", "client_secret_basic", "or leave it out: then both work"},
		{"basic instead of post", func(t *testing.T, p *place) { p.basic(t, "post", apptest.Post.Secret, someForm()) },
			idp.FailAuthMethod, "post", ".auth_method", "client_secret_basic", "client_secret_post", "leave it out"},
		{"a wrong secret, and post instead of basic", func(t *testing.T, p *place) {
			form := someForm()
			form.Set("client_id", "basic")
			form.Set("client_secret", "not the secret")
			p.post(t, form)
		}, idp.FailSecret, "basic", ".secrets", "", "1 hash", "idp client secret"},
		{"no secret", func(t *testing.T, p *place) {
			form := someForm()
			form.Set("client_id", "web")
			p.post(t, form)
		}, idp.FailAuthMethod, "web", ".auth_method", "none", "client_secret_basic or client_secret_post", "type: public"},
		{"a secret of a public client", func(t *testing.T, p *place) { p.basic(t, "spa", "anything at all", someForm()) },
			idp.FailAuthMethod, "spa", ".auth_method", "client_secret_basic", "none", "Take the secret out"},
		{"a secret where a key belongs", func(t *testing.T, p *place) { p.basic(t, "keyed", "anything at all", someForm()) },
			idp.FailAuthMethod, "keyed", ".auth_method", "client_secret_basic", "private_key_jwt", "private_key_jwt"},
		{"two ways at once", func(t *testing.T, p *place) {
			form := someForm()
			form.Set("client_secret", apptest.Web.Secret)
			p.basic(t, "web", apptest.Web.Secret, form)
		}, idp.FailAuthForm, "web", ".auth_method", "one in the body", "", "one method"},
		{"JSON", func(t *testing.T, p *place) { p.post(t, someForm(), "Content-Type", "application/json") },
			idp.FailContentType, "", "", "application/json", "application/x-www-form-urlencoded", "not JSON"},
		{"grant type", func(t *testing.T, p *place) {
			p.basic(t, "web", apptest.Web.Secret, url.Values{"grant_type": {"client_credentials"}})
		}, idp.FailGrantType, "web", ".grant_types", "client_credentials", "authorization_code", "Add client_credentials to grant_types"},
		{"grant type that is written otherwise", func(t *testing.T, p *place) {
			p.basic(t, "web", apptest.Web.Secret, url.Values{"grant_type": {idp.GrantDevice}})
		}, idp.FailGrantType, "web", ".grant_types", idp.GrantDevice, "authorization_code", "Add device_code to grant_types"},
		{"grant type that nobody has", func(t *testing.T, p *place) {
			p.basic(t, "web", apptest.Web.Secret, url.Values{"grant_type": {"password"}})
		}, idp.FailGrantType, "web", "", "password", "authorization_code", "Set the authorization code flow"},
		{"no grant type", func(t *testing.T, p *place) { p.basic(t, "web", apptest.Web.Secret, url.Values{"code": {"x"}}) },
			idp.FailGrantType, "web", "", "", "authorization_code", "must post grant_type"},
	}
}

// preflight asks as a browser does before a page of the origin may post.
func preflight(origin string) func(*testing.T, *place) {
	return func(t *testing.T, p *place) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, p.URL+"/oauth/token", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", origin)
		req.Header.Set("Access-Control-Request-Method", http.MethodPost)
		p.For(t).Do(req)
	}
}

// atGrants are mistakes with what the application was given.
func atGrants() []mistake {
	return []mistake{
		{"code twice", func(t *testing.T, p *place) {
			code := p.code(t, web)
			p.For(t).Redeem(web, code)
			p.For(t).Redeem(web, code)
		}, idp.FailCodeUsed, "web", "", "", "", "two replicas"},
		{"made-up code", func(t *testing.T, p *place) { p.For(t).Redeem(web, "made-up") }, idp.FailCode, "web", "", "", "", "unchanged"},
		{"code of another client", func(t *testing.T, p *place) {
			other := web
			other.Client = apptest.Other
			p.For(t).Redeem(other, p.code(t, web))
		}, idp.FailCodeOther, "other", "", "", "", "the same client id"},
		{"another redirect URI at the end", func(t *testing.T, p *place) {
			code := p.code(t, web)
			p.For(t).Redeem(web.With("redirect_uri", "http://10.0.0.7:3000/callback"), code)
		}, idp.FailRedirectMoved, "web", ".redirect_uris", "http://10.0.0.7:3000/callback", "https://web.example.com/callback", "behind a proxy"},
		{"another verifier", func(t *testing.T, p *place) {
			r := web
			r.Verifier = strings.Repeat("v", 43)
			p.For(t).Redeem(r, p.code(t, web))
		}, idp.FailVerifier, "web", ".pkce", "does not match", "", "replicas"},
		{"verifier left out", func(t *testing.T, p *place) {
			r := web
			r.Verifier = ""
			p.For(t).Redeem(r, p.code(t, web))
		}, idp.FailVerifier, "web", ".pkce", "missing", "", "lost"},
		{"refresh token of nobody", func(t *testing.T, p *place) { p.For(t).Refresh(apptest.Web, "nothing", "") },
			idp.FailRefresh, "web", "", "unknown", "", "did not give it"},
		{"refresh after a code was used twice", func(t *testing.T, p *place) {
			code := p.code(t, offline)
			tokens := p.For(t).Redeem(offline, code)
			p.For(t).Redeem(offline, code)
			p.For(t).Refresh(apptest.Web, tokens.Refresh(), "")
		}, idp.FailRefresh, "web", "", "revoked: code used twice", "", "redeemed a second time"},
		{"refresh after an administrator ended the session", func(t *testing.T, p *place) {
			token := p.For(t).Browser().Tokens(offline, ada).Refresh()
			p.endSessions(t, audit.With(t.Context(), audit.Source{Actor: audit.AdminPrefix + "eve"}))
			p.For(t).Refresh(apptest.Web, token, "")
		}, idp.FailRefresh, "web", "", "revoked: session ended by an administrator", "", "an administrator ended the session"},
		{"refresh after the person ended the session", func(t *testing.T, p *place) {
			token := p.For(t).Browser().Tokens(offline, ada).Refresh()
			p.endSessions(t, t.Context())
			p.For(t).Refresh(apptest.Web, token, "")
		}, idp.FailRefresh, "web", "", "revoked: session ended by the user", "", "the person ended the session"},
		{"assertion of a wrong clock", func(t *testing.T, p *place) { p.post(t, p.assertion(t, p.Clock.Now().Add(-time.Hour), p.URL)) },
			idp.FailAssertionClock, "keyed", "", "expired", "", "NTP"},
		{"assertion for another server", func(t *testing.T, p *place) {
			p.post(t, p.assertion(t, p.Clock.Now(), "https://other.example.com"))
		}, idp.FailAssertion, "keyed", ".jwks", "aud must be the issuer", "k1", "aud the issuer"},
		{"assertion twice", func(t *testing.T, p *place) {
			form := p.assertion(t, p.Clock.Now(), p.URL)
			p.post(t, form)
			p.post(t, form)
		}, idp.FailAssertionUsed, "keyed", "", "", "", "a new jti"},
		{"a page of another origin", func(t *testing.T, p *place) {
			req := p.For(t).NewRequest("/oauth/revoke", url.Values{"token": {"x"}, "client_id": {"spa"}}) // which is right otherwise
			req.Header.Set("Origin", "https://spa.example.org")
			p.For(t).Do(req)
		}, idp.FailOrigin, "spa", ".cors_origins", "https://spa.example.org", "https://spa.example.com", "Add the origin"},
		{"a page whose client has no origins", preflight("https://board.example.com"), idp.FailOrigin, "board", ".cors_origins", "https://board.example.com", "", "Add the origin"},
		{"a page that two clients are sent back to", preflight("https://shared.example.com"), idp.FailOrigin, "", "clients", "https://shared.example.com", "", "have: first, second."},
		{"a page that nobody is sent back to", preflight("https://other.example.org"), idp.FailOrigin, "", "clients", "https://other.example.org", "", "Add the origin"},
		// The last ones: they move the clock.
		{"code too late", func(t *testing.T, p *place) {
			code := p.code(t, web)
			p.Clock.Advance(10 * time.Minute)
			p.For(t).Redeem(web, code)
		}, idp.FailCodeExpired, "web", "", "", "", "clocks"},
		{"refresh too late", func(t *testing.T, p *place) {
			token := p.For(t).Browser().Tokens(offline, ada).Refresh()
			p.Clock.Advance(31 * 24 * time.Hour)
			p.For(t).Refresh(apptest.Web, token, "")
		}, idp.FailRefresh, "web", ".refresh_idle_ttl", "expired", "", "Longer lives"},
	}
}

// Every mistake is explained, with what was seen, what is configured and the line
// to change.
func TestMistakesAreExplained(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		all := slices.Concat(atAuthorize(), atToken(), atGrants())
		for _, m := range all {
			m.make(t, p)
			got := p.newest(t)
			if got.Kind != m.kind || got.Client != m.client {
				t.Errorf("%s: %s of %q, want %s of %q\n%s", m.name, got.Kind, got.Client, m.kind, m.client, got.Text())
				continue
			}
			for what, pair := range map[string][2]string{
				"seen": {got.Seen, m.seen}, "configured": {got.Configured, m.configured}, "change": {got.Change, m.change}, "setting": {got.Setting, m.setting},
			} {
				if !strings.Contains(pair[0], pair[1]) || pair[1] == "" && pair[0] != "" && what == "seen" {
					t.Errorf("%s: %s is %q, want %q", m.name, what, pair[0], pair[1])
				}
			}
			if got.Request == "" || m.setting != "" && !strings.HasPrefix(got.Where, "test.yaml:") || got.Fixed {
				t.Errorf("%s: request %q, where %q, fixed %t", m.name, got.Request, got.Where, got.Fixed)
			}
		}
	})
}

// Sign-ins that succeed leave nothing.
func TestGoodRequestsLeaveNothing(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		r := apptest.Offline(apptest.Web)
		tokens := p.Browser().Tokens(r, ada)
		p.Refresh(apptest.Web, tokens.Refresh(), "")
		p.Introspect(apptest.Web, tokens.Access())
		for _, f := range p.failures(t, "") {
			t.Errorf("%+v", f)
		}
	})
}
