package demo

import (
	"fmt"
	"net/http"
)

// routes is the map of the application.
func (a *App) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", a.page(a.showHome))
	mux.Handle("GET /login", a.page(a.startLogin))
	mux.Handle("GET /callback", a.page(a.finishLogin))
	mux.Handle("POST /refresh", a.page(a.submitRefresh))
	mux.Handle("POST /logout", a.page(a.submitLogout))
	mux.Handle("GET /signed-out", a.page(a.showSignedOut))
	// OpenID Connect Core §4 asks for both methods.
	mux.Handle("GET /initiate-login", a.page(a.initiateLogin))
	mux.Handle("POST /initiate-login", a.page(a.initiateLogin))
	mux.HandleFunc("GET /healthz", showHealth)
	mux.HandleFunc("GET /static/{file}", showStatic)
	mux.Handle("/", a.page(func(http.ResponseWriter, *http.Request) error { return errNotFound }))
	return mux
}

// page turns a handler that returns its error into one that shows it: every
// failure of the application is rendered here and nowhere else.
func (a *App) page(handle func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if err := handle(w, r); err != nil {
			a.showFailure(w, err)
		}
	})
}

func showHealth(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintln(w, "ok")
}
