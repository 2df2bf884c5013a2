package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// AssetPrefix is the path under which Asset serves.
const AssetPrefix = "/static/"

// assets are the static files under names that contain their hash, so that a
// browser may keep them for ever.
type assets struct {
	byHashed map[string]asset  // "app.1a2b3c4d.css"
	names    map[string]string // "app.css" → "app.1a2b3c4d.css"
}

type asset struct {
	body        []byte
	contentType string
}

// contentTypes are those of our files. What the machine thinks of an extension must
// not change how a browser takes them, and is a large table to load.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

func loadAssets() (*assets, error) {
	a := &assets{byHashed: map[string]asset{}, names: map[string]string{}}
	entries, err := fs.ReadDir(files, "static")
	if err != nil {
		return nil, fmt.Errorf("load assets: %w", err)
	}
	for _, e := range entries {
		body, err := fs.ReadFile(files, "static/"+e.Name())
		if err != nil {
			return nil, fmt.Errorf("load assets: %w", err)
		}
		sum := sha256.Sum256(body)
		ext := path.Ext(e.Name())
		if contentTypes[ext] == "" {
			return nil, fmt.Errorf("load assets: of which type is %s?", e.Name())
		}
		hashed := strings.TrimSuffix(e.Name(), ext) + "." + hex.EncodeToString(sum[:4]) + ext
		a.names[e.Name()] = hashed
		a.byHashed[hashed] = asset{body, contentTypes[ext]}
	}
	return a, nil
}

// url is the template function: the address of a static file. A name that does
// not exist fails the rendering, and so a test.
func (a *assets) url(name string) (string, error) {
	hashed, ok := a.names[name]
	if !ok {
		return "", fmt.Errorf("there is no static file %q", name)
	}
	return AssetPrefix + hashed, nil
}

// AssetURL is the address of a static file, for pages of other packages.
func (p *Pages) AssetURL(name string) (string, error) { return p.assets.url(name) }

// Asset serves a static file below AssetPrefix.
func (p *Pages) Asset(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, AssetPrefix)
	f, ok := p.assets.byHashed[name]
	if !ok {
		f, ok = brandSheet(name)
	}
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", f.contentType)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Write(f.body)
}
