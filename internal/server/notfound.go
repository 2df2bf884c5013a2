package server

import "net/http"

// NotFound answers as if there were no such route.
func NotFound(w http.ResponseWriter, r *http.Request) error { return notFound(w, r) }
