package presets_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"idp/internal/presets"
)

// documented are the first redirect URIs as public documentation writes them
// behind the application's own address, which stands beside.
var documented = map[string][2]string{
	"argocd":            {"https://argocd.example.com", "https://argocd.example.com/auth/callback"},
	"audiobookshelf":    {"https://abs.example.com", "https://abs.example.com/auth/openid/callback"},
	"bookstack":         {"https://bookstack.example.com", "https://bookstack.example.com/oidc/callback"},
	"cloudflare-access": {"https://example-team.cloudflareaccess.com", "https://example-team.cloudflareaccess.com/cdn-cgi/access/callback"},
	"dex":               {"http://127.0.0.1:5556/dex", "http://127.0.0.1:5556/dex/callback"},
	"directus":          {"https://directus.example.com", "https://directus.example.com/auth/login/idp/callback"},
	"forgejo":           {"https://forgejo.example.com", "https://forgejo.example.com/user/oauth2/idp/callback"},
	"freshrss":          {"https://freshrss.example.com", "https://freshrss.example.com:443/i/oidc/"},
	"gitea":             {"https://gitea.example.com", "https://gitea.example.com/user/oauth2/idp/callback"},
	"gitlab":            {"https://gitlab.example.com", "https://gitlab.example.com/users/auth/openid_connect/callback"},
	"grafana":           {"https://grafana.example.com", "https://grafana.example.com/login/generic_oauth"},
	"harbor":            {"https://harbor.example.com", "https://harbor.example.com/c/oidc/callback"},
	"headscale":         {"https://headscale.example.com", "https://headscale.example.com/oidc/callback"},
	"hedgedoc":          {"https://hedgedoc.example.com", "https://hedgedoc.example.com/auth/oauth2/callback"},
	"homarr":            {"https://example.com", "https://example.com/api/auth/callback/oidc"},
	"immich":            {"https://immich.example.com", "https://immich.example.com/auth/login"},
	"jellyfin":          {"https://jellyfin.example.com", "https://jellyfin.example.com/sso/OID/redirect/idp"},
	"jenkins":           {"https://jenkins.example.com", "https://jenkins.example.com/securityRealm/finishLogin"},
	"jupyterhub":        {"https://jupyter.example.com", "https://jupyter.example.com/hub/oauth_callback"},
	"karakeep":          {"https://karakeep.example.com", "https://karakeep.example.com/api/auth/callback/custom"},
	"keycloak":          {"https://keycloak.example.com/realms/people", "https://keycloak.example.com/realms/people/broker/oidc/endpoint"},
	"kubernetes":        {"", "http://localhost:8000"},
	"mattermost":        {"https://chat.example.com", "https://chat.example.com/signup/openid/complete"},
	"mealie":            {"https://mealie.example.com", "https://mealie.example.com/login"},
	"miniflux":          {"https://miniflux.example.com", "https://miniflux.example.com/oauth2/oidc/callback"},
	"minio":             {"https://minio.example.com:9001", "https://minio.example.com:9001/oauth_callback"},
	"mod-auth-openidc":  {"https://www.example.com", "https://www.example.com/secure/redirect_uri"},
	"nextcloud":         {"https://nextcloud.example.com", "https://nextcloud.example.com/apps/user_oidc/code"},
	"oauth2-proxy":      {"https://internalapp.example.com", "https://internalapp.example.com/oauth2/callback"},
	"open-webui":        {"https://ai.example.com", "https://ai.example.com/oauth/oidc/callback"},
	"opengist":          {"https://opengist.example.com", "https://opengist.example.com/oauth/openid-connect/callback"},
	"outline":           {"https://outline.example.com", "https://outline.example.com/auth/oidc.callback"},
	"paperless-ngx":     {"https://paperless.example.com", "https://paperless.example.com/accounts/oidc/idp/login/callback/"},
	"pgadmin":           {"https://pgadmin.example.com", "https://pgadmin.example.com/oauth2/authorize"},
	"portainer":         {"https://portainer.example.com", "https://portainer.example.com"},
	"proxmox":           {"https://pve.example.com:8006", "https://pve.example.com:8006"},
	"synapse":           {"https://synapse.example.com", "https://synapse.example.com/_synapse/client/oidc/callback"},
	"tailscale":         {"", "https://login.tailscale.com/a/oauth_response"},
	"vault":             {"https://vault.example.com", "https://vault.example.com/ui/vault/auth/oidc/oidc/callback"},
	"vaultwarden":       {"https://vault.example.com", "https://vault.example.com/identity/connect/oidc-signin"},
	"vikunja":           {"https://vikunja.example.com", "https://vikunja.example.com/auth/openid/idp"},
}

func TestRedirectURIsAreTheDocumentedOnes(t *testing.T) {
	t.Parallel()
	if len(documented) < 24 {
		t.Errorf("only %d presets", len(documented))
	}
	for _, key := range presets.Keys() {
		p, err := presets.Find(key)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := p.At(documented[key][0]).RedirectURIs[0]; got != documented[key][1] {
			t.Errorf("%s: the first redirect URI is %s, documented is %q", key, got, documented[key][1])
		}
	}
}

// comeBack are the addresses that applications name when they end a session here,
// in their usual setup, behind the addresses above. One that is not registered
// ends the sign-out with an error page.
var comeBack = map[string]string{
	"argocd": "https://argocd.example.com", "audiobookshelf": "https://abs.example.com/audiobookshelf/login",
	"bookstack": "https://bookstack.example.com", "dex": "http://127.0.0.1:5556/dex/logout/callback",
	"freshrss": "https://freshrss.example.com/i/", "gitea": "https://gitea.example.com/", "grafana": "https://grafana.example.com/login",
	"harbor": "https://harbor.example.com/account/sign-in", "jenkins": "https://jenkins.example.com/OicLogout",
	"jupyterhub": "https://jupyter.example.com/",
	"keycloak":   "https://keycloak.example.com/realms/people/broker/oidc/endpoint/logout_response",
	"nextcloud":  "https://nextcloud.example.com/", "open-webui": "https://ai.example.com", "outline": "https://outline.example.com",
	"pgadmin": "https://pgadmin.example.com/", "vikunja": "https://vikunja.example.com/",
}

func TestApplicationsComeBackFromTheSignOut(t *testing.T) {
	t.Parallel()
	for key, want := range comeBack {
		p, err := presets.Find(key)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := p.At(documented[key][0]).PostLogoutRedirectURIs; !slices.Contains(got, want) {
			t.Errorf("%s: it comes back to %s, registered are %v", key, want, got)
		}
	}
}

// theirs are placeholders that the application itself fills.
var theirs = map[string][]string{"argocd": {"{token}"}, "pgadmin": {"{redirect_uri}", "{id_token}"}}

var placeholder = regexp.MustCompile(`\{[a-z_-]+\}`)

// Every preset says where it is from, and its texts hold no placeholder that
// nobody fills.
func TestPresetsAreComplete(t *testing.T) {
	t.Parallel()
	all, err := presets.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if u, err := url.Parse(p.Documentation); err != nil || u.Scheme != "https" {
			t.Errorf("%s: its documentation is %q", p.Key, p.Documentation)
		}
		if _, err := time.Parse(time.DateOnly, p.Checked.Date); err != nil || len(p.Checked.Against) == 0 {
			t.Errorf("%s: it does not say when it was checked, and against what", p.Key)
		}
		if p.Name == "" || p.PKCE == "" || len(p.Scopes) == 0 || !slices.Contains(p.Scopes, "openid") || p.Snippet.To == "" {
			t.Errorf("%s: name, pkce, scopes or the place of the snippet are missing", p.Key)
		}
		uris := strings.Join(slices.Concat(p.RedirectURIs, p.PostLogoutRedirectURIs, []string{p.BackchannelLogoutURI}), " ")
		if strings.Contains(uris, "{url") != p.NeedsURL() {
			t.Errorf("%s: it has an example of an address, or depends on one, but not both", p.Key)
		}
		text := p.Snippet.Render(presets.Values{
			Issuer: "https://login.example.com", ClientID: "the-client", URL: p.Example, Discovery: "https://login.example.com/discovery",
			Authorize: "https://login.example.com/authorize", Token: "https://login.example.com/token",
		})
		for _, left := range placeholder.FindAllString(text+p.At(p.Example).BackchannelLogoutURI, -1) {
			if !slices.Contains(theirs[p.Key], left) {
				t.Errorf("%s: nobody fills %s", p.Key, left)
			}
		}
		if strings.Contains(text, presets.SecretPlaceholder) != (p.Type != "native") {
			t.Errorf("%s: a secret where none is, or none where one is", p.Key)
		}
		for _, want := range []string{"the-client", "https://login.example.com"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: its snippet does not say %s", p.Key, want)
			}
		}
	}
}

// An application may refresh only with the scope offline_access. Where a preset has
// it, the text that goes into the application asks for it, or the notes say when to.
func TestPresetsSayWhereRefreshTokensAreAskedFor(t *testing.T) {
	t.Parallel()
	all, err := presets.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if slices.Contains(p.Scopes, "offline_access") && !strings.Contains(p.Snippet.Text+p.Notes, "offline_access") {
			t.Errorf("%s: it may refresh, and nothing in the application asks for that", p.Key)
		}
	}
}

func TestUnknownPresetNamesTheNearest(t *testing.T) {
	t.Parallel()
	for asked, want := range map[string]string{
		"grafanna": "did you mean grafana?", "Nextcloud": "did you mean nextcloud?", "open-webgui": "did you mean open-webui?",
		"cloudflare": "did you mean cloudflare-access?", "zzzzzzzzzz": "There are: argocd, ", "../preset": "There are: argocd, ",
	} {
		_, err := presets.Find(asked)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, and not %q", asked, err, want)
		}
	}
	if _, err := presets.Find("zzzzzzzzzz"); err != nil && strings.Contains(err.Error(), "did you mean") {
		t.Errorf("a hint where nothing is near: %v", err)
	}
}
