package main

import (
	"net/http"
	"net/url"
	"time"
)

// callback is registered for every client.
const callback = "http://127.0.0.1:9/callback"

// algorithms are the clients, with what signs their ID tokens.
var algorithms = map[string]string{"bench-es": "ES256", "bench-rs": "RS256", "bench-web": "ES256"}

const (
	requestLife = 1800 // seconds
	codeLife    = 60
	tokenLife   = 600
)

// authorize sends a browser with a session back with a code, any other to the
// form.
func (f *floor) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	req := request{
		Client: q.Get("client_id"), Redirect: q.Get("redirect_uri"), State: q.Get("state"), Nonce: q.Get("nonce"),
		Challenge: q.Get("code_challenge"), Expires: time.Now().Unix() + requestLife,
	}
	if algorithms[req.Client] == "" || req.Redirect != callback || req.Challenge == "" {
		fail(w, http.StatusBadRequest, "invalid_request")
		return
	}
	session, err := r.Cookie("s")
	if err != nil {
		seeOther(w, "/login?flow="+f.seal.request(&req))
		return
	}
	if f.pool.QueryRow(r.Context(), findSession, hashOf(session.Value)).Scan(&req.User) != nil {
		fail(w, http.StatusBadRequest, "login_required")
		return
	}
	f.back(w, req)
}

// back hands out a code: the request itself, sealed with its user.
func (f *floor) back(w http.ResponseWriter, req request) {
	state := req.State
	req.State, req.Expires = "", time.Now().Unix()+codeLife
	seeOther(w, req.Redirect+"?code="+f.seal.request(&req)+"&state="+url.QueryEscape(state))
}

func seeOther(w http.ResponseWriter, target string) {
	w.Header()["Location"] = []string{target}
	w.WriteHeader(http.StatusSeeOther)
}
