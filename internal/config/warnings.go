package config

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"idp/internal/config/strictyaml"
	"idp/internal/idp"
	"idp/internal/spelling"
)

// meaningful are the scopes that mean something to this server. A client may have others,
// which only what it calls understands: nobody declares those, so none of them can be a
// fault.
var meaningful = []string{"openid", "email", "profile", "offline_access", "groups", ScopeAdmin}

// Warnings are what a good configuration most likely does not mean.
func (c *Config) Warnings() strictyaml.Faults {
	if c.spots == nil {
		return nil
	}
	var out strictyaml.Faults
	warn := func(path, format string, args ...any) {
		at, _ := c.spots(path)
		out = append(out, strictyaml.Fault{Position: at, Message: fmt.Sprintf(format, args...)})
	}
	scopes := func(path string, list []string) {
		for i, s := range list {
			if near := misspelt(s); near != "" {
				warn(fmt.Sprintf("%s[%d]", path, i), "means nothing to this server, only to what the application calls; did you mean %q?", near)
			}
		}
	}
	for i := range c.Clients {
		client, path := &c.Clients[i], fmt.Sprintf("clients[%d].scopes", i)
		scopes(path, client.Scopes)
		about := slices.IndexFunc(client.Scopes, func(s string) bool { return s == "email" || s == "profile" || s == "groups" })
		if about >= 0 && client.has(idp.GrantCode) && !slices.Contains(client.Scopes, "openid") {
			warn(path, "contains %s, but not openid: without it there is no ID token, and userinfo answers nothing", client.Scopes[about])
		}
	}
	private := func(path, file string) {
		if openToAll(file) {
			warn(path, "%s can be read by everybody on this machine: chmod o-rwx %s", file, file)
		}
	}
	eachSecret("", reflect.ValueOf(c).Elem(), func(path string, ref SecretRef) { private(path, ref.file()) })
	private("tls.key_file", c.TLS.KeyFile)
	private("admin.tls.key_file", c.Admin.TLS.KeyFile)
	scopes("clients_by_metadata.scopes", c.ClientsByMetadata.Scopes)
	scopes("registration.scopes", c.Registration.Scopes)
	return out
}

// openToAll reports whether everybody on this machine can read a file, and reach it.
func openToAll(file string) bool {
	place, err := filepath.EvalSymlinks(file)
	if file == "" || err != nil {
		return false
	}
	if place, err = filepath.Abs(place); err != nil {
		return false
	}
	for need := fs.FileMode(0o004); ; need = 0o001 {
		info, err := os.Stat(place)
		if err != nil || info.Mode()&need == 0 {
			return false
		}
		above := filepath.Dir(place)
		if above == place {
			return true
		}
		place = above
	}
}

// misspelt is the scope that an unknown one was most likely meant to be; "" if it
// is as unlike as names of one's own are.
func misspelt(scope string) string {
	lower := strings.ToLower(scope)
	near := spelling.Nearest(lower, meaningful)
	if d := spelling.Distance(lower, near); scope != near && d <= 2 && d < (len(scope)+1)/2 {
		return near
	}
	return ""
}
