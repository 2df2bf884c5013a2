package main

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"net/http"
	"time"
)

// client returns the client of a direct request, "" for none.
func (f *floor) client(r *http.Request) string {
	if id, secret, ok := r.BasicAuth(); ok {
		sum := digest(secret)
		if subtle.ConstantTimeCompare(sum[:], f.secret[:]) == 1 {
			return id
		}
		return ""
	}
	return r.PostForm.Get("client_id")
}

// grant is what a code or a refresh token stands for.
type grant struct {
	id, user int64
	nonce    string
	refresh  string // the new refresh token
}

func (f *floor) token(w http.ResponseWriter, r *http.Request) {
	if r.ParseForm() != nil {
		fail(w, http.StatusBadRequest, "invalid_request")
		return
	}
	client := f.client(r)
	if algorithms[client] == "" {
		fail(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	if r.PostForm.Get("grant_type") == "client_credentials" {
		f.own(w)
		return
	}
	redeem := f.redeem
	if r.PostForm.Get("grant_type") == "refresh_token" {
		redeem = f.rotate
	}
	held, ok := proven(r, f.issuer)
	if !ok {
		fail(w, http.StatusBadRequest, "invalid_dpop_proof")
		return
	}
	g, ok := redeem(r, client, held)
	if !ok {
		fail(w, http.StatusBadRequest, "invalid_grant")
		return
	}
	f.answer(w, client, g)
}

func (f *floor) redeem(r *http.Request, client string, held proof) (g grant, ok bool) {
	req, code, ok := f.seal.openRequest(r.PostForm.Get("code"))
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	if !ok || req.User == 0 || req.Client != client || req.Redirect != r.PostForm.Get("redirect_uri") || req.Challenge != b64.EncodeToString(sum[:]) {
		return g, false
	}
	secret, hash := newSecret()
	statement, values := held.with(redeemCode, redeemBound, code, hash, client, req.User)
	if f.pool.QueryRow(r.Context(), statement, values...).Scan(&g.id) != nil {
		return g, false
	}
	g.user, g.nonce, g.refresh = req.User, req.Nonce, refreshToken(g.id, secret)
	return g, true
}

func (f *floor) rotate(r *http.Request, client string, held proof) (g grant, ok bool) {
	text := r.PostForm.Get("refresh_token")
	if len(text) < refreshIDLength {
		return g, false
	}
	raw, err := b64.DecodeString(text[:refreshIDLength])
	if err != nil {
		return g, false
	}
	g.id = int64(binary.BigEndian.Uint64(raw))
	secret, hash := newSecret()
	statement, values := held.with(rotate, rotateBound, hash, g.id, hashOf(text[refreshIDLength:]), client)
	if f.pool.QueryRow(r.Context(), statement, values...).Scan(&g.user) != nil {
		return g, false
	}
	g.refresh = refreshToken(g.id, secret)
	return g, true
}

// refreshIDLength is that of eight bytes in base64url.
const refreshIDLength = 11

func refreshToken(id int64, secret string) string {
	var raw [8]byte
	binary.BigEndian.PutUint64(raw[:], uint64(id))
	return b64.EncodeToString(raw[:]) + secret
}

func (f *floor) answer(w http.ResponseWriter, client string, g grant) {
	now := time.Now().Unix()
	claims := fmt.Appendf(nil, `{"iss":%q,"sub":"%d","aud":%q,"iat":%d,"exp":%d`, f.issuer, g.user, client, now, now+tokenLife)
	if g.nonce != "" {
		claims = fmt.Appendf(claims, `,"nonce":%q`, g.nonce)
	}
	id, err := f.keys.sign(algorithms[client], append(claims, '}'))
	if err != nil {
		fail(w, http.StatusInternalServerError, "server_error")
		return
	}
	body := make([]byte, 0, 1024)
	for _, s := range []string{
		`{"access_token":"`, f.seal.access(g.id, g.user, now+tokenLife), `","token_type":"Bearer","expires_in":600,"id_token":"`, id,
		`","refresh_token":"`, g.refresh, `"}`,
	} {
		body = append(body, s...)
	}
	h := w.Header()
	h["Content-Type"], h["Cache-Control"] = []string{"application/json"}, []string{"no-store"}
	w.Write(body) // nobody is left to tell
}

// own gives a client a token for itself.
func (f *floor) own(w http.ResponseWriter) {
	h := w.Header()
	h["Content-Type"], h["Cache-Control"] = []string{"application/json"}, []string{"no-store"}
	w.Write([]byte(`{"access_token":"` + f.seal.access(0, 0, time.Now().Unix()+tokenLife) + `","token_type":"Bearer","expires_in":600}`)) // nobody is left to tell
}
