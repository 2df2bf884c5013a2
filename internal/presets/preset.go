package presets

import (
	"embed"
	"fmt"
	"strings"

	"idp/internal/config/strictyaml"
)

//go:embed applications/*.yaml
var files embed.FS

// Preset is how one application is registered. Texts may hold {url}, the
// application's own address, and {url-with-port}, the same with its port even if
// that is the usual one.
type Preset struct {
	Key           string `yaml:"-"`             // as written in a configuration
	Name          string `yaml:"name"`          // as people know it
	Documentation string `yaml:"documentation"` // the application's own page on the matter
	Example       string `yaml:"example"`       // an address as it may be; "" if the preset needs none
	Notes         string `yaml:"notes"`         // what else the administrator must know

	Type                   string   `yaml:"type"`
	AuthMethod             string   `yaml:"auth_method"`
	PKCE                   string   `yaml:"pkce"`
	IDTokenAlg             string   `yaml:"id_token_alg"`
	IDTokenClaims          string   `yaml:"id_token_claims"`
	RedirectURIs           []string `yaml:"redirect_uris"`
	PostLogoutRedirectURIs []string `yaml:"post_logout_redirect_uris"`
	BackchannelLogoutURI   string   `yaml:"backchannel_logout_uri"`
	Scopes                 []string `yaml:"scopes"`

	Checked Checked `yaml:"checked"`
	Snippet Snippet `yaml:"snippet"`
}

// Snippet is what is pasted into an application.
type Snippet struct {
	To   string `yaml:"to"`   // which file or page of the application
	Text string `yaml:"text"` // with the placeholders of Values
}

// Keys lists the presets by their keys, in alphabetical order.
func Keys() []string {
	entries, _ := files.ReadDir("applications") // embedded, so it is there
	keys := make([]string, len(entries))
	for i, e := range entries {
		keys[i] = strings.TrimSuffix(e.Name(), ".yaml")
	}
	return keys
}

// Find returns the preset of a key. Its error, for people, names the nearest key
// and lists all.
func Find(key string) (Preset, error) {
	raw, err := files.ReadFile("applications/" + key + ".yaml")
	if err != nil {
		return Preset{}, unknown(key)
	}
	p := Preset{Key: key}
	if _, faults := strictyaml.Decode(key+".yaml", raw, &p); len(faults) > 0 {
		return Preset{}, fmt.Errorf("preset %s: %w", key, faults)
	}
	return p, nil
}

// All returns every preset, in the order of Keys.
func All() ([]Preset, error) {
	var all []Preset
	for _, key := range Keys() {
		p, err := Find(key)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// At returns the preset for an application at this address, which has no slash at
// its end: no text holds {url} any more.
func (p Preset) At(address string) Preset {
	in := strings.NewReplacer("{url}", address, "{url-with-port}", withPort(address))
	p.RedirectURIs = replaced(in, p.RedirectURIs)
	p.PostLogoutRedirectURIs = replaced(in, p.PostLogoutRedirectURIs)
	p.BackchannelLogoutURI = in.Replace(p.BackchannelLogoutURI)
	return p
}

// NeedsURL reports whether the preset depends on where the application is.
func (p Preset) NeedsURL() bool { return p.Example != "" }

func replaced(in *strings.Replacer, texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = in.Replace(t)
	}
	return out
}
