package inbox

import (
	"cmp"
	"embed"
	"log/slog"
	"net/http"

	"idp/internal/markup"
)

//go:embed templates assets
var files embed.FS

// Options dress the pages. The zero value is usable.
type Options struct {
	Title   string // of the mailbox, default "Mailbox"
	AppName string // of the application whose mail is shown, default "the demo application"
	AppURL  string // its address; empty shows no link to it

	// Hosts are host names the handler answers to besides localhost and IP
	// addresses.
	Hosts []string

	Logger *slog.Logger // for failures of the handler itself; nil logs nothing
}

type handler struct {
	store     *Store
	options   Options
	templates map[string]*markup.Template
}

// NewHandler returns the pages and the JSON API. It expects to be mounted at
// the root of a host of its own, on loopback.
func NewHandler(store *Store, options Options) http.Handler {
	options.Title = cmp.Or(options.Title, "Mailbox")
	options.AppName = cmp.Or(options.AppName, "the demo application")
	options.Logger = cmp.Or(options.Logger, slog.New(slog.DiscardHandler))
	h := &handler{store: store, options: options, templates: parseTemplates()}

	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", h.showList)
	mux.HandleFunc("POST /delete", h.submitDelete)
	mux.HandleFunc("GET /message/{id}", h.showMessage)
	mux.HandleFunc("GET /message/{id}/{view}", h.showMessage)
	mux.HandleFunc("GET /message/{id}/html", h.showHTML)
	mux.HandleFunc("GET /assets/{name}", h.showAsset)
	mux.HandleFunc("GET /", h.showNotFound)

	mux.HandleFunc("GET /api/v1/messages", h.listMessages)
	mux.HandleFunc("DELETE /api/v1/messages", h.deleteMessages)
	mux.HandleFunc("GET /api/v1/search", h.searchMessages)
	mux.HandleFunc("GET /api/v1/message/{id}", h.getMessage)
	mux.HandleFunc("GET /api/v1/message/{id}/headers", h.getHeaders)
	mux.HandleFunc("GET /api/v1/message/{id}/raw", h.getRaw)
	mux.HandleFunc("GET /api/", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "404 page not found", http.StatusNotFound)
	})

	sameOrigin := http.NewCrossOriginProtection()
	return secureHeaders(requireHost(options.Hosts, sameOrigin.Handler(mux)))
}

func (h *handler) showAsset(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, files, "assets/"+r.PathValue("name"))
}
