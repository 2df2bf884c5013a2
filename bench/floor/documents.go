package main

import (
	"encoding/json"
	"net/http"
	"strconv"
)

func (f *floor) metadata() any {
	return map[string]any{
		"issuer": f.issuer, "authorization_endpoint": f.issuer + "/authorize", "token_endpoint": f.issuer + "/oauth/token",
		"userinfo_endpoint": f.issuer + "/userinfo", "introspection_endpoint": f.issuer + "/oauth/introspect", "jwks_uri": f.issuer + "/jwks.json",
		"response_types_supported": []string{"code"}, "grant_types_supported": []string{"authorization_code", "refresh_token"},
		"subject_types_supported": []string{"public"}, "scopes_supported": []string{"openid", "email", "profile", "offline_access"},
		"id_token_signing_alg_values_supported": []string{"ES256", "RS256"}, "code_challenge_methods_supported": []string{"S256"},
		"claims_supported": []string{"sub", "iss", "aud", "exp", "iat", "nonce"},
	}
}

// document serves bytes that are made once.
func document(v any) http.HandlerFunc {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // at the start, of plain data
	}
	kind, keep, length := []string{"application/json"}, []string{"public, max-age=300"}, []string{strconv.Itoa(len(body))}
	return func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h["Content-Type"], h["Cache-Control"], h["Content-Length"] = kind, keep, length
		w.Write(body) // nobody is left to tell
	}
}

const form = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in</title>
<form method="post"><label>Your address <input name="email" type="email"></label><button>Go on</button></form></html>`

// page stands for every page that a person would see.
func page(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write([]byte(form)) // nobody is left to tell
}

func fail(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write([]byte(`{"error":"` + code + `"}`)) // nobody is left to tell
}
