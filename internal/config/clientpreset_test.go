package config_test

import (
	"slices"
	"strings"
	"testing"

	"idp/internal/config"
	"idp/internal/idp"
	"idp/internal/presets"
)

// withClient is the shortest good configuration whose one client has these keys.
func withClient(keys ...string) string {
	head, _, _ := strings.Cut(minimal(""), "    name: Notes")
	return head + "    " + strings.Join(keys, "\n    ") + "\n"
}

const secrets = `secrets: ["sha256:notesnotesnotesnotesnotesnotesnotesnotesnot"]`

func parsePreset(t *testing.T, keys ...string) idp.Client {
	t.Helper()
	c, err := config.Parse("idp.yaml", []byte(withClient(keys...)), environment)
	if err != nil {
		t.Fatal(err)
	}
	return c.Declared[0]
}

// Each preset is a whole client with nothing but an id, an address and a secret.
func TestEveryPresetIsAValidClient(t *testing.T) {
	t.Parallel()
	all, err := presets.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		t.Run(p.Key, func(t *testing.T) {
			keys := []string{"preset: " + p.Key}
			if p.NeedsURL() {
				keys = append(keys, "url: "+p.Example+"/")
			}
			if p.Type == "" {
				keys = append(keys, secrets)
			}
			got := parsePreset(t, keys...)
			want := p.At(p.Example)
			if !slices.Equal(got.RedirectURIs, want.RedirectURIs) || !slices.Equal(got.PostLogoutRedirectURIs, want.PostLogoutRedirectURIs) {
				t.Errorf("it goes back to %v and %v", got.RedirectURIs, got.PostLogoutRedirectURIs)
			}
			if got.Name != p.Name || !slices.Equal(got.Scopes, p.Scopes) || got.BackchannelLogoutURI != want.BackchannelLogoutURI {
				t.Errorf("name %q, scopes %v, logout %q", got.Name, got.Scopes, got.BackchannelLogoutURI)
			}
			if method := string(got.AuthMethod); p.Type == "" && method != p.AuthMethod || got.PKCEOptional != (p.PKCE == "optional") {
				t.Errorf("auth_method %q, pkce optional: %t", method, got.PKCEOptional)
			}
		})
	}
}

func TestKeysOfTheEntryWin(t *testing.T) {
	t.Parallel()
	got := parsePreset(t, "preset: grafana", "url: https://grafana.example.com", secrets, "name: Numbers", "pkce: optional",
		"auth_method: client_secret_post", "scopes: [openid]", "post_logout_redirect_uris: []", "redirect_uris: [https://other.example.com/x]")
	if got.Name != "Numbers" || !got.PKCEOptional || got.AuthMethod != idp.AuthPost || !slices.Equal(got.Scopes, []string{"openid"}) ||
		len(got.PostLogoutRedirectURIs) != 0 || !slices.Equal(got.RedirectURIs, []string{"https://other.example.com/x"}) {
		t.Errorf("the preset took the place of what stands in the entry: %+v", got)
	}
	public := parsePreset(t, "preset: portainer", "url: https://portainer.example.com", "type: public")
	if !public.Public() || public.PKCEOptional {
		t.Errorf("a public client by its own key: method %s, pkce optional %t", public.AuthMethod, public.PKCEOptional)
	}
}

func TestFaultsOfPresets(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keys []string
		want string
	}{
		"unknown":       {[]string{"preset: grafanna", "url: https://a.example.com", secrets}, "clients[0].preset: is no preset; did you mean grafana? There are: argocd,"},
		"no address":    {[]string{"preset: grafana", secrets}, "clients[0].url: is missing: where the application is, such as https://grafana.example.com"},
		"plain http":    {[]string{"preset: grafana", "url: http://grafana.example.com", secrets}, "clients[0].url: must be https"},
		"no scheme":     {[]string{"preset: grafana", "url: grafana.example.com", secrets}, "clients[0].url: must be the address"},
		"a query":       {[]string{"preset: grafana", "url: https://grafana.example.com/?a=b", secrets}, "clients[0].url: must be the address"},
		"no preset":     {[]string{"name: X", "url: https://grafana.example.com", "redirect_uris: [https://a.example.com/x]", secrets}, "clients[0].url: needs preset"},
		"needs no url":  {[]string{"preset: kubernetes", "url: https://a.example.com"}, "clients[0].url: must not be set"},
		"contradiction": {[]string{"preset: kubernetes", secrets}, "clients[0].secrets: must not be set"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := config.Parse("idp.yaml", []byte(withClient(c.keys...)), environment)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("%v, and not %q", err, c.want)
			}
			if lines := strings.Count(err.Error(), "\n"); lines > 0 {
				t.Errorf("one mistake, %d faults:\n%v", lines+1, err)
			}
		})
	}
}

// idp config check --explain tells what came from the preset.
func TestExplainNamesThePreset(t *testing.T) {
	t.Parallel()
	c, err := config.Parse("idp.yaml", []byte(withClient("preset: grafana", "url: https://grafana.example.com", secrets, "pkce: optional")), environment)
	if err != nil {
		t.Fatal(err)
	}
	from := map[string]string{}
	for _, s := range c.Explain() {
		from[s.Path] = s.From
	}
	for path, want := range map[string]string{
		"clients[0].redirect_uris": "preset grafana", "clients[0].name": "preset grafana", "clients[0].pkce": "idp.yaml:11", "clients[0].consent": "default",
	} {
		if !strings.HasPrefix(from[path], want) {
			t.Errorf("%s is from %q, want %q", path, from[path], want)
		}
	}
}
