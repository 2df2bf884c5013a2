package main

import (
	"fmt"
	"net/http"
	"strings"
)

func (f *floor) userinfo(w http.ResponseWriter, r *http.Request) {
	_, user, ok := f.seal.openAccess(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	var email, name string
	if !ok || f.pool.QueryRow(r.Context(), findUser, user).Scan(&email, &name) != nil {
		fail(w, http.StatusUnauthorized, "invalid_token")
		return
	}
	w.Header()["Content-Type"] = []string{"application/json"}
	fmt.Fprintf(w, `{"sub":"%d","email":%q,"email_verified":true,"name":%q}`, user, email, name)
}

func (f *floor) introspect(w http.ResponseWriter, r *http.Request) {
	if r.ParseForm() != nil || f.client(r) == "" {
		fail(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	grant, user, ok := f.seal.openAccess(r.PostForm.Get("token"))
	active := ok && f.pool.QueryRow(r.Context(), findGrant, grant).Scan(&user) == nil
	w.Header()["Content-Type"] = []string{"application/json"}
	fmt.Fprintf(w, `{"active":%t,"sub":"%d","token_type":"Bearer"}`, active, user)
}
