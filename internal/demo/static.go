package demo

import (
	"embed"
	"net/http"
)

//go:embed static
var staticFiles embed.FS

// showStatic serves the sheet and the icon. They may be kept for a few minutes:
// long enough for a walk through the pages, short enough for whoever edits them.
func showStatic(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "public, max-age=300")
	http.ServeFileFS(w, r, staticFiles, "static/"+r.PathValue("file"))
}
