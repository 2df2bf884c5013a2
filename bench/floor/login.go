package main

import "net/http"

// login keeps a single-use secret and mails it.
func (f *floor) login(w http.ResponseWriter, r *http.Request) {
	email, flow := r.PostFormValue("email"), r.PostFormValue("flow")
	token, hash := newSecret()
	if _, err := f.pool.Exec(r.Context(), startLogin, hash, email, flow); err != nil {
		fail(w, http.StatusInternalServerError, "server_error")
		return
	}
	f.mail.send(letter{email, f.issuer + "/l/" + token})
	seeOther(w, "/sent")
}

// link turns the secret of a mail into a session, and the request that it was
// asked for into a code.
func (f *floor) link(w http.ResponseWriter, r *http.Request) {
	session, hash := newSecret()
	var user int64
	var flow string
	if f.pool.QueryRow(r.Context(), useLink, hashOf(r.PathValue("token")), hash).Scan(&user, &flow) != nil {
		fail(w, http.StatusGone, "invalid_link")
		return
	}
	w.Header()["Set-Cookie"] = []string{"s=" + session + "; Path=/; HttpOnly; SameSite=Lax"}
	if flow == "" {
		seeOther(w, "/account")
		return
	}
	req, _, ok := f.seal.openRequest(flow)
	if !ok {
		fail(w, http.StatusBadRequest, "invalid_request")
		return
	}
	req.User = user
	f.back(w, req)
}
