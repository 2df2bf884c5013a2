package config

import (
	"net/url"
	"strings"

	"idp/internal/presets"
)

// applyPreset fills what the client's entry leaves out from the preset that it
// names. What stands in the entry, be it empty, wins. It reports whether there is a
// sense in looking at the rest: with an unknown preset everything would be missing.
func (v *validator) applyPreset(c *Client, at func(string) string) bool {
	v.rule(at("preset"), rule{oneOf: presets.Keys()})
	if c.Preset == "" {
		if c.URL != "" {
			v.fail(at("url"), "needs preset: it is where the application of a preset is")
		}
		return true
	}
	p, err := presets.Find(c.Preset)
	if err != nil {
		v.fail(at("preset"), "%v", err)
		return false
	}
	where := strings.TrimSuffix(c.URL, "/")
	if !v.presetURL(c, p, at("url")) {
		where = p.Example // the fault is told; what depends on the address need not be at fault too
	}
	p, c.filled = p.At(where), map[string]bool{}
	for _, f := range []struct {
		key    string
		field  *string
		preset string
	}{
		{"name", &c.Name, p.Name}, {"type", &c.Type, p.Type}, {"auth_method", &c.AuthMethod, p.AuthMethod}, {"pkce", &c.PKCE, p.PKCE},
		{"id_token_alg", &c.IDTokenAlg, p.IDTokenAlg}, {"id_token_claims", &c.IDTokenClaims, p.IDTokenClaims},
		{"backchannel_logout_uri", &c.BackchannelLogoutURI, p.BackchannelLogoutURI},
	} {
		if *f.field == "" && !v.says(at(f.key)) {
			*f.field, c.filled[f.key] = f.preset, true
		}
	}
	for _, f := range []struct {
		key    string
		field  *[]string
		preset []string
	}{
		{"redirect_uris", &c.RedirectURIs, p.RedirectURIs}, {"post_logout_redirect_uris", &c.PostLogoutRedirectURIs, p.PostLogoutRedirectURIs},
		{"scopes", &c.Scopes, p.Scopes},
	} {
		if len(*f.field) == 0 && !v.says(at(f.key)) {
			*f.field, c.filled[f.key] = f.preset, true
		}
	}
	// An entry that makes the client public does without what only others may have.
	if c.public() && !v.says(at("auth_method")) {
		c.AuthMethod = ""
	}
	if c.public() && c.PKCE == "optional" && !v.says(at("pkce")) {
		c.PKCE = ""
	}
	return true
}

// presetURL checks where the application is. It reports whether the preset can
// make addresses of it.
func (v *validator) presetURL(c *Client, p presets.Preset, path string) bool {
	u, err := url.Parse(c.URL)
	switch {
	case !p.NeedsURL() && c.URL == "":
		return true
	case !p.NeedsURL():
		v.fail(path, "must not be set: preset %s depends on no address", p.Key)
	case c.URL == "":
		v.fail(path, "is missing: where the application is, such as %s", p.Example)
	case err != nil || u.Host == "" || u.User != nil || strings.ContainsAny(c.URL, "?#* \"<>\\"):
		v.fail(path, "must be the address of the application, such as %s", p.Example)
	case !v.plainHost(path, u):
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		v.fail(path, "must be https: plain http is accepted for localhost only")
	case u.Scheme != "https" && u.Scheme != "http":
		v.fail(path, "must be an https address, such as %s", p.Example)
	default:
		return true
	}
	return false
}

// says reports whether the files themselves have something at the path.
func (v *validator) says(path string) bool {
	_, there := v.spot(path)
	return there
}
