package main

import (
	"net/http"
	"net/url"
	"time"
)

// callback is registered for every client.
const callback = "http://127.0.0.1:9/callback"

// algorithms are the clients, with what signs their ID tokens.
var algorithms = map[string]string{"bench-es": "ES256", "bench-rs": "RS256", "bench-web": "ES256", "bench-machine": "ES256"}

const (
	requestLife = 1800 // seconds
	codeLife    = 60
	tokenLife   = 600
)

// authorize sends a browser with a session back with a code, any other to the
// form.
func (f *floor) authorize(w http.ResponseWriter, r *http.Request) {
	req := requested(r.URL.Query())
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

func requested(q url.Values) request {
	return request{
		Client: q.Get("client_id"), Redirect: q.Get("redirect_uri"), State: q.Get("state"), Nonce: q.Get("nonce"),
		Challenge: q.Get("code_challenge"), Expires: time.Now().Unix() + requestLife,
	}
}

// push seals a request, which the browser then carries by this name.
func (f *floor) push(w http.ResponseWriter, r *http.Request) {
	if r.ParseForm() != nil || f.client(r) == "" {
		fail(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	req := requested(r.PostForm)
	if req.Client != f.client(r) || req.Redirect != callback || req.Challenge == "" {
		fail(w, http.StatusBadRequest, "invalid_request")
		return
	}
	w.Header()["Content-Type"] = []string{"application/json"}
	w.WriteHeader(http.StatusCreated)
	w.Write([]byte(`{"request_uri":"urn:ietf:params:oauth:request_uri:` + f.seal.request(&req) + `","expires_in":60}`)) // nobody is left to tell
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
